// What the page says where this browser gets no video from this server. Firefox takes no loopback addresses, and a server that listens on
// this machine only has no others when the machine has no network.

const firefox = /\bFirefox\//.test(navigator.userAgent);

// noWay makes a sentence of the server's reason why Firefox gets no video; '' in other browsers, and where there is none.
export function noWay(reason) {
  if (!firefox || !reason) return '';
  return `Firefox gets no video from this server: ${reason}. Use another browser, or connect this machine to a network.`;
}
