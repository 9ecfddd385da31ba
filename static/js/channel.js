// What tabs of one browser tell each other. A message names the reader it is about: two may share a browser.

import { currentReader } from "./page.js";

const channel = "BroadcastChannel" in window ? new BroadcastChannel("reading-journey") : null;
const listeners = new Map();

channel?.addEventListener("message", ({ data }) => {
  for (const listen of listeners.get(data.kind) ?? []) listen(data.content, data.reader);
});

export function tell(kind, content = null) {
  channel?.postMessage({ kind, content, reader: currentReader() });
}

/** `listen(content, reader)` hears what other tabs tell; never what this one does. */
export function hear(kind, listen) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listen]);
}

/** Run `work` in one tab at a time. With `ifAvailable` a tab that comes second does not wait: it gets undefined. */
export async function alone(name, work, { ifAvailable = false } = {}) {
  if (!navigator.locks) return work(); // an insecure address: each tab works for itself
  return navigator.locks.request(`reading-journey:${name}`, { ifAvailable }, (lock) => (lock ? work() : undefined));
}
