// The one poller of the whole product: asks for news of the reader's tracks while some are unfinished.
//
// Every tab keeps a timer, and whoever holds the lock asks for all of them; the answer is handed round. The tab that
// asked last goes first the next time, the others stand in shortly after, should it be closed or slowed down in the
// background. News reach the other modules as a "music:news" event on the document.
//
// While a live stream (live.js) says when to ask, the timer only looks after what it may have missed.

import { alone, hear, tell } from "./channel.js";
import { rememberTrack, rememberedTracks, tidyMemory } from "./memory.js";
import { currentReader, onEveryPage } from "./page.js";

const USUAL_DELAY = 2000;
const LIVE_DELAY = 15000;
const LIVE_QUEUE_DELAY = 5000; // a place in the queue changes with other readers' pieces, of which no stream tells
const SOON = 300;
const LONGEST_DELAY = 30000;
const STAND_IN_AFTER = 600;
const REQUEST_TIMEOUT = 20000;
const MOST_IDS = 100;

let timer = 0;
let failures = 0;
let asking = false;
let askAgain = false;
let pollUrl = "";
let reader = "";
let refused = false;
let restored = false;
let live = false;

const wanted = new Set(); // pieces to ask after once, whether they are known to be unfinished or not

export function startPoller() {
  hear("news", (answer, about) => {
    if (about !== currentReader()) return;
    failures = 0;
    receive(answer);
    if (wanted.size) askAfter(SOON); // the answer may be older than the reason to ask
    else if (answer.next_poll_ms !== null) askAfter(pauseAfter(answer) + STAND_IN_AFTER);
    else stop();
  });
  hear("reader", (_content, about) => {
    if (about !== currentReader()) {
      refuse(); // the cookie is somebody else's now
      return;
    }
    refused = false;
    lookAgain();
  });
  document.addEventListener("turbo:visit", ({ detail }) => {
    restored = detail.action === "restore";
  });
  document.addEventListener("turbo:load", () => {
    if (!document.body.dataset.reader) return;
    // A page made for the reader proves the cookie; one that Back brings up may be older than it, and than the news.
    if (restored) askAfter(0);
    else refused = false;
  });
  onEveryPage(look);
  addEventListener("online", lookAgain);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") lookAgain();
  });
}

/** Ask at once, for something has just been set going. */
export function pollNow() {
  failures = 0;
  askAfter(0);
}

/** Ask at once, about this piece as well. */
export function askAbout(id) {
  wanted.add(id);
  pollNow();
}

/** Whether a live stream says when to ask. When it fails, the timer takes over at once. */
export function setLive(now) {
  if (live && !now && timer) askAfter(SOON * Math.random());
  live = now;
}

function look() {
  if (reader !== currentReader()) {
    reader = currentReader();
    refused = false;
    failures = 0;
    stop();
    wanted.clear();
    tidyMemory();
  }
  if (!reader || refused) return;
  pollUrl = document.body.dataset.pollUrl ?? pollUrl;
  for (const badge of activeBadges()) {
    rememberTrack(badge.dataset.track, badge.querySelector("[data-play]")?.getAttribute("href") ?? "");
  }
  if (!timer && !asking && hasReason()) askAfter(0);
}

function lookAgain() {
  if (failures) {
    failures = 0;
    stop();
  }
  look();
}

function hasReason() {
  const indicator = document.getElementById("making");
  return rememberedTracks().length > 0 || (indicator && !indicator.hidden);
}

function activeBadges() {
  return document.querySelectorAll("[data-track][data-making]");
}

function askAfter(delay) {
  stop();
  if (!refused) timer = setTimeout(ask, delay);
}

function stop() {
  clearTimeout(timer);
  timer = 0;
}

function refuse() {
  refused = true;
  stop();
}

async function ask() {
  timer = 0;
  if (refused || !currentReader()) return;
  if (asking) {
    askAgain = true; // the answer on its way may be older than the reason to ask
    return;
  }
  asking = true;
  let delay = null;
  try {
    delay = await alone("poll", request, { ifAvailable: true });
  } finally {
    asking = false;
  }
  // Another tab is asking: its answer comes round.
  if (delay === undefined) delay = wanted.size ? SOON : USUAL_DELAY + STAND_IN_AFTER;
  if (askAgain) delay = 0;
  askAgain = false;
  if (delay !== null && !timer) askAfter(delay);
}

/** Milliseconds until the next question, or null for none. */
async function request() {
  const asker = currentReader();
  const about = [...wanted];
  const ids = [...new Set([...about, ...rememberedTracks()])].slice(0, MOST_IDS).join(",");
  wanted.clear();
  let response;
  let answer;
  try {
    response = await fetch(`${pollUrl}${ids ? `?ids=${ids}` : ""}`, {
      headers: { Accept: "application/json" },
      cache: "no-cache", // the browser sends the ETag back and turns a 304 into the answer it has
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
    if (response.status === 401 || response.status === 403) {
      refuse();
      return null;
    }
    if (!response.ok) throw new Error(`${response.status}`);
    answer = await response.json();
  } catch {
    for (const id of about) wanted.add(id);
    return backOff(response);
  }
  failures = 0;
  if (asker !== currentReader()) return null;
  tell("news", answer);
  receive(answer);
  return pauseAfter(answer);
}

function pauseAfter({ next_poll_ms: pause, tracks }) {
  if (pause === null || !live) return pause;
  return Math.max(pause, tracks.some(({ place }) => place) ? LIVE_QUEUE_DELAY : LIVE_DELAY);
}

function backOff(response) {
  failures += 1;
  const asked = Number(response?.headers.get("Retry-After")) * 1000 || 0;
  return Math.max(asked, Math.min(LONGEST_DELAY, USUAL_DELAY * 2 ** Math.min(failures - 1, 10)));
}

function receive(answer) {
  for (const track of answer.tracks) {
    if (track.making) rememberTrack(track.id, track.audio_url);
  }
  document.dispatchEvent(new CustomEvent("music:news", { detail: answer }));
}
