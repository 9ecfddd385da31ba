// Which of the reader's tracks are unfinished, or ended without having been shown. Survives reloads and closed tabs.
//
// One key for each track, so that two tabs never overwrite each other's list.

import { currentReader } from "./page.js";
import { keysUnder, read, remove, write } from "./storage.js";

const SHOWN_FOR_DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

const jobs = () => `jobs:${currentReader()}:`;
const shown = () => `shown:${currentReader()}:`;
const ready = () => `ready:${currentReader()}:`;

export function rememberedTracks() {
  return currentReader() ? keysUnder(jobs()) : [];
}

/** `heard`: where the piece is played from as long as it is being made again; empty for one that is new. */
export function rememberTrack(id, heard = "") {
  if (currentReader() && !read(jobs() + id)) write(jobs() + id, { since: Date.now(), heard });
}

/** Whether what is to be heard there now is another than when it was remembered. */
export function isNewSince(id, audioUrl) {
  return (read(jobs() + id)?.heard ?? "") !== audioUrl;
}

export function forgetTrack(id) {
  remove(jobs() + id);
}

/** Whether this end of a track, or a later one, has been shown already. */
export function wasShown(id, version) {
  return (read(shown() + id)?.version ?? -1) >= version;
}

export function markShown(id, version) {
  write(shown() + id, { version, at: Date.now() });
}

/** The pieces that became ready in this browser and were neither played nor seen since. */
export function readyTracks() {
  return currentReader() ? keysUnder(ready()) : [];
}

export function markReady(id) {
  if (!read(ready() + id)) write(ready() + id, { at: Date.now() });
}

export function forgetReady(id) {
  remove(ready() + id);
}

/** Drop what no tab will ask about again. */
export function tidyMemory() {
  for (const id of readyTracks()) {
    if (Date.now() - (read(ready() + id)?.at ?? 0) > SHOWN_FOR_DAYS * DAY) forgetReady(id);
  }
  for (const id of keysUnder(shown())) {
    if (Date.now() - (read(shown() + id)?.at ?? 0) > SHOWN_FOR_DAYS * DAY) remove(shown() + id);
  }
}
