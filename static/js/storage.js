// localStorage as JSON. Where the browser refuses it (private windows, a full disk) this tab remembers for itself.

const PREFIX = "reading-journey:";
const ownMemory = new Map();

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? ownMemory.get(key) ?? null;
  } catch {
    return ownMemory.get(key) ?? null;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    ownMemory.set(key, value);
  }
}

export function remove(key) {
  ownMemory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing was kept there either
  }
}

/** The keys that begin with `start`, the start itself taken off. */
export function keysUnder(start) {
  const keys = new Set([...ownMemory.keys()]);
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) keys.add(key.slice(PREFIX.length));
    }
  } catch {
    // this tab's own memory is all there is
  }
  return [...keys].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
}
