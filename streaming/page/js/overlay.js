// Who draws the heat: this page ('client'), the server into the picture ('burned'), or nobody ('none'). What the viewer wants stands in the
// address, ?overlay=, so that a link hands it on; without, it is as the server likes.

const key = 'overlay';

export const overlayNames = {client: 'This page', burned: 'The server', none: 'Nobody'};

// overlay is what to ask for of a stream with those overlays, the server's favorite first; '' where it has but one.
export function overlay(overlays = []) {
  const wanted = new URLSearchParams(location.search).get(key);
  return overlays.includes(wanted) ? wanted : overlays[0] ?? '';
}

// setOverlay writes the viewer's wish into the address.
export function setOverlay(value) {
  const address = new URL(location.href);
  address.searchParams.set(key, value);
  history.replaceState(history.state, '', address);
}
