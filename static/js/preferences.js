// How a reader likes to listen, remembered in this browser until another reader comes.

import { currentReader } from "./page.js";
import { read, remove, write } from "./storage.js";

const KEY = "listening";
const USUAL = { repeat: "off", speed: 1, volume: 1, muted: false, crossfade: 0, shortcuts: true };

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
export const CROSSFADES = [0, 3, 6];

export function preferences() {
  const kept = read(KEY);
  return kept?.reader === currentReader() ? { ...USUAL, ...kept } : { ...USUAL };
}

export function prefer(changes) {
  write(KEY, { ...preferences(), ...changes, reader: currentReader() });
}

export function forgetOthersPreferences() {
  const kept = read(KEY);
  if (kept && kept.reader !== currentReader()) remove(KEY);
}
