// The sleep timer: the music grows quiet and stops after a while, or with the end of the piece.
//
// It counts by the clock and not by its own ticks, which a browser may hold back.

import { dim } from "./deck.js";
import { pause, playback, stopAfterThis } from "./playback.js";

const FADE = 10;
const STEP = 250;

/** Minutes, or "end": of the piece that is played. */
export const SLEEPS = ["15", "30", "60", "end"];

let wish = "";
let until = 0;
let ticking = 0;
let tellChange = () => {};

export function startSleep(changed) {
  tellChange = changed;
}

/** What was asked for (one of `SLEEPS`, empty for nothing), and the whole minutes that are left where it counts them. */
export function sleepTimer() {
  return { wish, minutes: until ? Math.max(1, Math.ceil((until - Date.now()) / 60000)) : null };
}

export function sleepAfter(wanted) {
  clearInterval(ticking);
  dim(1);
  wish = SLEEPS.includes(wanted) ? wanted : "";
  until = 0;
  stopAfterThis(wish === "end" ? () => sleepAfter("") : null);
  if (Number(wish)) {
    until = Date.now() + Number(wish) * 60000;
    ticking = setInterval(tick, STEP);
  }
  tellChange();
}

function tick() {
  if (!playback().piece) {
    sleepAfter("");
    return;
  }
  const left = (until - Date.now()) / 1000;
  if (left > 0) {
    dim(Math.min(1, left / FADE));
    tellChange();
    return;
  }
  pause();
  sleepAfter("");
}
