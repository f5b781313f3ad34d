// Keys that work wherever the focus is, but for boxes one types into.

const keys = {
  '/': (view) => view.prompts?.focus(),
  f: (view) => view.toggleFull?.(),
  m: (view) => view.markers?.toggle(),
  s: (view) => view.snapshot?.(),
};

// listenToKeys passes keys to the view of the moment.
export function listenToKeys(view) {
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select, dialog')) return;
    if (!view() || !Object.hasOwn(keys, e.key)) return;
    e.preventDefault();
    keys[e.key](view());
  });
}
