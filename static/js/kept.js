// What is played is kept for the next visit: the piece with its moment and, apart from it, the queue, which may be long.
//
// Of several tabs the one that was steered last decides. One that stands idle may hold what was played an hour ago.

import { hear, tell } from "./channel.js";
import { currentReader } from "./page.js";
import { keptQueue } from "./queue.js";
import { read, remove, write } from "./storage.js";

const KEY = "player";
const QUEUE_KEY = "queue";
const SAVE_EVERY = 2000;

let decides = false;
let savedAt = 0;
let look = () => ({ piece: null });

/** `now()` tells the piece that is loaded (null when none), its time and its duration. */
export function startKeeping(now) {
  look = now;
  hear("playing", () => {
    decides = false;
  });
  hear("forgotten", (_content, about) => {
    if (about !== look().piece?.reader) return;
    keepQueue(); // another tab has closed its player, and not this one
    keepMoment();
  });
  addEventListener("pagehide", () => keepMoment());
}

/** The reader steers this tab: from now on what is in it is what is kept. */
export function takeOver() {
  if (decides) return;
  decides = true;
  keepQueue();
}

/** `atOnce: false` for what happens all the time. */
export function keepMoment({ atOnce = true } = {}) {
  const { piece, time, duration } = look();
  if (!decides || !piece || (!atOnce && Date.now() - savedAt < SAVE_EVERY)) return;
  savedAt = Date.now();
  write(KEY, { ...piece, time, duration });
}

export function keepQueue() {
  if (decides) write(QUEUE_KEY, { ...keptQueue(), reader: currentReader() });
}

/** Whichever tab kept it; one that is still played keeps its own again. */
export function forgetKept() {
  decides = false;
  remove(KEY);
  remove(QUEUE_KEY);
  tell("forgotten");
}

/** The piece as it was left, and the queue it was in (null when it is not known); null for nothing of this reader's. */
export function keptFor(reader) {
  const piece = read(KEY);
  if (!piece) return null;
  if (piece.reader !== reader) {
    remove(KEY);
    remove(QUEUE_KEY);
    return null;
  }
  const list = read(QUEUE_KEY);
  const isItsOwn = list?.reader === reader && list.pieces.some(({ id }) => id === piece.id);
  return { piece, list: isItsOwn ? list : null };
}
