// What this browser keeps for the next visit. In private browsing it may keep nothing: then things last for this visit.

// read gives what was kept under a key, or undefined.
export function read(key) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined; // not ours, or not allowed
  }
}

// write keeps a value; undefined takes away what was kept.
export function write(key, value) {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* not allowed here */ }
}

// readTexts gives a list of strings that was kept, at most that many.
export function readTexts(key, most) {
  const value = read(key);
  return Array.isArray(value) ? value.filter((x) => typeof x === 'string' && x !== '').slice(0, most) : [];
}
