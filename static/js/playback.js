// What is played: a piece of the queue, on a deck that lives as long as the tab, whatever pages come and go.
//
// It never starts by itself. After a reload it stands paused where it was; when the reader leaves, it forgets.

import { hear, tell } from "./channel.js";
import { adjustDeck, crossTo, deck, emptyDeck, listenToDeck, loadDeck, settle } from "./deck.js";
import { forgetKept, keepMoment, keepQueue, keptFor, startKeeping, takeOver } from "./kept.js";
import { currentReader, onEveryPage } from "./page.js";
import { forgetOthersPreferences, prefer, preferences } from "./preferences.js";
import * as line from "./queue.js";

const BACK_TO_THE_START_AFTER = 3;
const OVER_WITHIN = 0.5;
const GOES_ON_WITHIN = 10000; // what failed; music that begins long after is nobody's wish any more

let piece = null;
let failed = false;
let failedAt = 0; // when it failed while it played; 0 for a piece that failed at rest
let running = false; // the reader wants to hear it: an end that is reached by seeking, at rest, starts nothing
let wantedHere = false;
let successor = null;
let stopped = null;
let tellChange = () => {};
let lookAfter = async () => {};

/**
 * `changed()` is called whenever what `playback()` says may be another; `mayBeOld()`, which returns a promise, when what
 * is in the queue may have been made again or deleted meanwhile.
 */
export function startPlayback({ changed, mayBeOld }) {
  tellChange = changed;
  lookAfter = mayBeOld;
  adjustDeck(preferences());
  startKeeping(playback);
  listenToDeck(["play", "pause", "ended", "seeked", "loadedmetadata", "durationchange", "timeupdate"], (event) => {
    if (event === "play" && !deck().paused) running = true; // the system may start again what it has interrupted
    if (event === "pause" && !deck().ended) running = false;
    keepMoment({ atOnce: event !== "timeupdate" });
    if (event === "timeupdate") crossOver();
    if (event === "timeupdate" && !deck().paused) document.dispatchEvent(new CustomEvent("music:playing", { detail: piece }));
    if (event === "play") {
      takeOver();
      tell("playing");
    }
    if (event === "ended" && running) goOn();
    tellChange();
  });
  listenToDeck(["error"], failure);
  hear("playing", pause);
  addEventListener("storage", ({ key, newValue }) => {
    if (newValue && key.endsWith(":listening")) obeyPreferences();
  });
  hear("reader", (_content, about) => {
    if (about !== piece?.reader) close();
  });
  onEveryPage(followReader);
}

/** The piece that is loaded (null when none), and how it stands. */
export function playback() {
  const audio = deck();
  const repeated = preferences().repeat === "all";
  return {
    piece,
    failed: failed && wantedHere, // what was kept from an earlier visit is tried again when the reader wants it
    playing: !failed && !audio.paused && !audio.ended,
    ended: audio.ended,
    time: audio.currentTime || 0,
    duration: Number.isFinite(audio.duration) ? audio.duration : (piece?.duration ?? 0),
    hasNext: piece !== null && line.after({ repeated }) !== null,
    hasPrevious: piece !== null && line.before({ repeated }) !== null,
  };
}

/** Whether this is what is loaded: a piece that was made again has the same id and another address. */
export function isLoaded({ id, url }) {
  return piece !== null && piece.id === id && piece.url === url;
}

/** Play this piece from its beginning, or go on or pause where it is the one that is loaded already. */
export function toggle(wanted = piece) {
  if (!wanted) return;
  wantedHere = true;
  if (!isLoaded(wanted) || failed) {
    const at = failed && isLoaded(wanted) ? deck().currentTime : 0;
    choose(wanted);
    load(line.current(), at);
  } else if (!deck().paused) {
    pause();
    return;
  }
  play();
}

/** Play these pieces one after the other, from the one at `start`. `from`: see `queue()`. */
export function playAll(pieces, { start = 0, from = {} } = {}) {
  if (!pieces.length) return;
  line.fill(pieces, start, from);
  takeOver();
  keepQueue();
  playAt(line.queue().place);
}

/** Play the piece at this place of the queue from its beginning. */
export function playAt(index) {
  wantedHere = true;
  line.goTo(index);
  load(line.current(), 0);
  play();
}

export function next() {
  const index = line.after({ repeated: preferences().repeat === "all" });
  if (piece && index !== null) playAt(index);
}

/** Back to the beginning of this piece, or from there to the one before it. */
export function previous() {
  if (!piece) return;
  const index = line.before({ repeated: preferences().repeat === "all" });
  if (deck().currentTime > BACK_TO_THE_START_AFTER || index === null) seek(0);
  else playAt(index);
}

/** Take a piece out of the queue; the one that is loaded makes way for the next. */
export function takeOut(id) {
  takeOver();
  line.refuse(id);
  dropPiece(id);
}

export function pause() {
  running = false;
  failedAt = 0;
  settle();
  deck().pause();
}

export function seek(time) {
  if (!piece) return;
  takeOver();
  deck().currentTime = Math.max(0, time);
}

export function skip(seconds) {
  const { time, duration } = playback();
  seek(duration ? Math.min(duration, time + seconds) : time + seconds);
}

/** Go to a moment of this piece, loading it if need be; it plays on, or begins to where `play` says so. */
export function seekIn(wanted, time, { play: begin = false } = {}) {
  wantedHere = true;
  if (isLoaded(wanted) && !failed) {
    takeOver();
    deck().currentTime = time;
  } else {
    choose(wanted);
    load(line.current(), time);
  }
  if (begin) play();
}

/** Change how it is listened to: repeat, speed, volume, muted, crossfade. */
export function listenWith(changes) {
  prefer(changes);
  obeyPreferences();
}

/** Let this piece be the last one for now; `then` is called when it has ended. Null takes that back. */
export function stopAfterThis(then) {
  stopped = then;
}

export function close() {
  if (!piece) return;
  piece = null;
  successor = null;
  failed = false;
  running = false;
  stopped?.(); // "after this piece" was said of this one
  line.fill([]);
  emptyDeck();
  forgetKept();
  tellChange();
}

/** Play this after all others; unless the reader took it out of the queue. */
export function append(fresh) {
  if (!line.append(fresh)) return;
  keepQueue();
  tellChange();
}

function obeyPreferences() {
  adjustDeck(preferences());
  tellChange();
}

function play() {
  takeOver();
  running = true;
  // A rejected promise is an "error" event too, or a browser that wants another click: both are shown as paused.
  deck()
    .play()
    .catch(() => {
      if (deck().paused && !deck().ended) running = false;
      tellChange();
    });
}

/** A piece of the queue is played within it; any other is a queue of its own. */
function choose(wanted) {
  const index = line.placeOf(wanted.id);
  if (index < 0) {
    line.fill([wanted]);
  } else {
    line.renew({ id: wanted.id, url: wanted.url });
    line.goTo(index);
  }
  takeOver();
  keepQueue();
}

/** The piece has ended. */
function goOn() {
  if (successor) line.renew(successor);
  if (stopped) {
    stopped();
    if (successor) replace({ at: 0 });
    return;
  }
  const { repeat } = preferences();
  const index = repeat === "one" ? line.queue().place : line.after({ repeated: repeat === "all" });
  if (index !== null) playAt(index);
  else if (successor) replace({ at: 0 });
}

/** Near the end of a piece the next one begins to fade in, where the reader wants that. */
function crossOver() {
  const { crossfade, repeat, speed } = preferences();
  if (!crossfade || repeat === "one" || stopped || successor || !piece || deck().paused) return;
  const { time, duration } = playback();
  const index = line.after({ repeated: repeat === "all" });
  if (index === null || duration < 3 * crossfade || (duration - time) / speed > crossfade) return;
  line.goTo(index);
  show(line.current());
  crossTo(piece.url, Math.max(0.5, (duration - time) / speed)).catch(() => tellChange());
}

/** It stays loaded, for the next try; the server is asked whether it is gone for good. */
function failure() {
  if (!piece) return;
  if (successor) {
    replace({ at: deck().currentTime, goOn: running }); // what was heard is gone, and its successor is there
    return;
  }
  failed = true;
  failedAt = running ? Date.now() : 0;
  running = false;
  deck().pause();
  tellChange();
  lookAfter();
}

/** Whether it plays, or did until it failed a moment ago. */
function isGoing() {
  return failed ? Date.now() - failedAt < GOES_ON_WITHIN : playback().playing;
}

/** A piece of the queue was made again. What is heard is heard to its end; what stands still makes way at once. */
export function takeVersion(fresh) {
  line.renew(fresh);
  keepQueue();
  if (fresh.id !== piece?.id || fresh.url === piece.url) return;
  successor = { ...piece, ...fresh };
  if (!playback().playing) replace({ at: 0, goOn: isGoing() });
}

/** A piece does not exist any more. */
export function dropPiece(id) {
  if (line.placeOf(id) < 0) return;
  const goes = piece?.id === id;
  const follows = line.after() !== null;
  const going = isGoing();
  line.drop(id);
  if (!line.current()) {
    close();
    return;
  }
  keepQueue();
  if (goes) load(line.current(), 0);
  if (goes && going && follows) play();
  tellChange();
}

function replace({ at, goOn: on = false }) {
  load(successor, at);
  if (on) play();
}

function load(wanted, time) {
  running = false;
  show(wanted);
  loadDeck(piece.url, time);
  tellChange();
}

function show(wanted) {
  piece = { ...wanted, reader: currentReader() };
  successor = null;
  failed = false;
  failedAt = 0;
}

let knownReader = null;

function followReader() {
  const reader = currentReader();
  if (reader === knownReader) return;
  const first = knownReader === null;
  knownReader = reader;
  tell("reader");
  if (piece && piece.reader !== reader) close();
  forgetOthersPreferences();
  adjustDeck(preferences());
  const kept = keptFor(reader);
  if (kept && first && !piece) loadKept(kept);
}

/** As it was left; from its beginning where it was over, or where the page has a newer version of it. */
function loadKept({ piece: kept, list }) {
  const url = document.querySelector(`[data-play][data-id="${kept.id}"]`)?.getAttribute("href") ?? kept.url;
  if (list) line.fill(list.pieces, list.pieces.findIndex(({ id }) => id === kept.id), list);
  else line.fill([kept]);
  line.renew({ id: kept.id, url });
  const isOver = kept.duration > 0 && kept.time >= kept.duration - OVER_WITHIN;
  load({ ...kept, url }, url === kept.url && !isOver ? kept.time : 0);
  if (line.queue().source) lookAfter();
}
