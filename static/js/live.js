// The live stream: the server says that something has changed, and the poller asks at once instead of every 2 s.
//
// One tab of a browser holds it for as long as it lives (a lock), the others hear of it. Until its first sign of life,
// and from the moment it fails or falls silent, the poller goes on as if there were none.

import { alone, hear, tell } from "./channel.js";
import { currentReader, onEveryPage } from "./page.js";
import { askAbout, pollNow, setLive } from "./poller.js";

const SILENT_AFTER = 45000; // two beats of the server's, and some
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 300000;

let waiting = false;
let held = null;
let silence = 0;
let url = "";
let isStale = false; // the browser's reader is another by now than this page's

export function startLive() {
  if (!navigator.locks || !window.EventSource) return; // an insecure address: a stream for every tab would be too many
  hear("live", (isLive, about) => {
    if (!held && about === currentReader()) heardOf(isLive);
  });
  hear("live?", (_content, about) => {
    if (held?.isLive && about === currentReader()) tell("live", true);
  });
  hear("reader", (_content, about) => {
    isStale = about !== currentReader();
    if (isStale) held?.close();
    else look();
  });
  onEveryPage(() => {
    isStale = false;
    look();
  });
  addEventListener("online", () => held?.open());
  addEventListener("pagehide", () => held?.close()); // what Back brings up again begins anew, by "turbo:load" or not
  addEventListener("pageshow", ({ persisted }) => persisted && look());
  tell("live?");
}

function look() {
  if (held && held.reader !== currentReader()) held.close();
  if (!waiting && !held && address()) hold();
}

/** Empty where there is nothing to listen to. A bare error page does not say it, and changes nothing. */
function address() {
  url = document.body.dataset.liveUrl ?? url;
  return currentReader() && !isStale ? url : "";
}

async function hold() {
  waiting = true;
  await alone("live", () => {
    waiting = false;
    return address() ? new Promise((released) => (held = stream(currentReader(), released))) : undefined;
  });
  waiting = false;
}

/** What this tab knows of a stream that it holds itself or another one does. */
function heardOf(isLive) {
  clearTimeout(silence);
  setLive(isLive);
  if (isLive) silence = setTimeout(() => (held ? held.reopen() : setLive(false)), SILENT_AFTER);
}

function stream(reader, released) {
  let source = null;
  let retry = 0;
  let pause = FIRST_PAUSE;

  const self = { reader, isLive: false, open, reopen, close };

  function open() {
    if (source && source.readyState !== EventSource.CLOSED) return;
    clearTimeout(retry);
    if (!address()) return;
    source = new EventSource(address());
    source.addEventListener("beat", alive);
    source.addEventListener("changed", ({ data }) => {
      alive();
      askAbout(data);
    });
    source.addEventListener("error", lost);
  }

  function alive() {
    pause = FIRST_PAUSE;
    if (!self.isLive) pollNow(); // what happened before it was there, nobody has told
    self.isLive = true;
    heardOf(true);
    tell("live", true);
  }

  function lost() {
    if (self.isLive) tell("live", false);
    self.isLive = false;
    heardOf(false);
    if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    clearTimeout(retry);
    retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  function reopen() {
    source?.close();
    lost();
  }

  function close() {
    source?.close();
    clearTimeout(retry);
    held = null;
    if (self.isLive) tell("live", false);
    heardOf(false);
    released();
    setTimeout(look); // for the reader of the new page, once the lock is free
  }

  setTimeout(open);
  return self;
}
