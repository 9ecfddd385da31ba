// What is played: one audio element that lives as long as the tab, whatever pages come and go.
//
// It never starts by itself. After a reload it stands paused where it was; when the reader leaves, it forgets.

import { hear, tell } from "./channel.js";
import { currentReader, onEveryPage, wasTaken } from "./page.js";
import { read, remove, write } from "./storage.js";

const KEY = "player";
const SAVE_EVERY = 2000;

const audio = new Audio();
audio.preload = "metadata";

let piece = null;
let failed = false;
let wantedHere = false;
let savedAt = 0;
let successor = null;
let tellChange = () => {};

/** `changed()` is called whenever what `playback()` says may be another. */
export function startPlayback(changed) {
  tellChange = changed;
  for (const event of ["play", "pause", "ended", "seeked", "loadedmetadata", "durationchange", "timeupdate"]) {
    audio.addEventListener(event, () => {
      save({ atOnce: event !== "timeupdate" });
      tellChange();
    });
  }
  audio.addEventListener("play", () => tell("playing"));
  audio.addEventListener("ended", () => successor && replace({ at: 0 }));
  audio.addEventListener("error", () => {
    if (!piece) return;
    if (successor) {
      replace({ at: audio.currentTime, goOn: true }); // what was heard is gone, and its successor is there
      return;
    }
    if (!wantedHere) {
      close(); // kept from an earlier visit, and gone since
      return;
    }
    failed = true;
    tellChange();
  });
  hear("playing", () => audio.pause());
  hear("reader", (_content, about) => {
    if (about !== piece?.reader) close();
  });
  document.addEventListener("music:news", ({ detail }) => {
    if (detail.gone.includes(piece?.id)) close();
    const news = detail.tracks.find((track) => track.id === piece?.id);
    if (news?.audio_url && news.audio_url !== piece.url) follow({ ...piece, url: news.audio_url });
  });
  document.addEventListener("turbo:submit-end", ({ target, detail }) => {
    if (!target.hasAttribute("data-deletes") || !wasTaken(detail)) return;
    tell("deleted");
    closeIfDeleted();
  });
  hear("deleted", closeIfDeleted);
  addEventListener("pagehide", () => save({ atOnce: true }));
  onEveryPage(followReader);
}

/** The piece that is loaded (null when none), and how it stands. */
export function playback() {
  return {
    piece,
    failed,
    playing: !audio.paused && !audio.ended,
    time: audio.currentTime || 0,
    duration: Number.isFinite(audio.duration) ? audio.duration : (piece?.duration ?? 0),
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
    load({ ...wanted, reader: currentReader() }, failed && isLoaded(wanted) ? audio.currentTime : 0);
  } else if (!audio.paused) {
    audio.pause();
    return;
  }
  // A rejected promise is an "error" event too, or a browser that wants another click: both are shown as paused.
  audio.play().catch(() => tellChange());
}

export function seek(time) {
  if (piece) audio.currentTime = time;
}

/** Go to a moment of this piece, loading it if need be; it plays on, or begins to where `play` says so. */
export function seekIn(wanted, time, { play = false } = {}) {
  wantedHere = true;
  if (isLoaded(wanted) && !failed) audio.currentTime = time;
  else load({ ...wanted, reader: currentReader() }, time);
  if (play) audio.play().catch(() => tellChange());
}

export function close() {
  if (!piece) return;
  piece = null;
  successor = null;
  failed = false;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  remove(KEY);
  tellChange();
}

/** Asks the server: what was deleted may be the piece itself, its log, or the whole journey. */
async function closeIfDeleted() {
  if (!piece) return;
  const { id } = piece;
  const url = piece.url.split("?")[0]; // whatever version it is
  // Audio in a bucket is elsewhere; that there is a way to it is enough to know.
  const firstByte = { headers: { Range: "bytes=0-0" }, redirect: "manual", cache: "no-store" };
  const response = await fetch(url, firstByte).catch(() => null);
  if (response?.status === 404 && piece?.id === id) close();
}

/** The piece was made again. What is heard is heard to its end; what stands still makes way at once. */
function follow(next) {
  successor = next;
  if (audio.paused || audio.ended) replace({ at: 0 });
}

function replace({ at, goOn = false }) {
  load(successor, at);
  if (goOn) audio.play().catch(() => tellChange());
}

function load(next, time) {
  piece = next;
  successor = null;
  failed = false;
  audio.src = next.url;
  if (time) audio.currentTime = time;
  tellChange();
}

function save({ atOnce }) {
  if (!piece || (!atOnce && Date.now() - savedAt < SAVE_EVERY)) return;
  savedAt = Date.now();
  const { time, duration } = playback();
  write(KEY, { ...piece, time, duration });
}

let knownReader = null;

function followReader() {
  const reader = currentReader();
  if (reader === knownReader) return;
  const first = knownReader === null;
  knownReader = reader;
  tell("reader");
  if (piece && piece.reader !== reader) close();
  const kept = read(KEY);
  if (kept && kept.reader !== reader) remove(KEY);
  else if (kept && first && !piece) loadKept(kept);
}

/** As it was left, unless the page has a newer version of it: that one begins anew. */
function loadKept(kept) {
  const url = document.querySelector(`[data-play][data-id="${kept.id}"]`)?.getAttribute("href") ?? kept.url;
  load({ ...kept, url }, url === kept.url ? kept.time : 0);
}
