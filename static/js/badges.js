// Badges on the page follow the news: redrawn by the server's own partial, only ever forward in version. Between two
// versions only a waiting piece's place in the queue changes, and whether a finished one was heard: there only the line
// or the mark is drawn anew.

import { announce, onEveryPage, phrase } from "./page.js";

const KEPT_NEWS = 200;

const newest = new Map();
let ticking = 0;

export function startBadges() {
  document.addEventListener("music:news", ({ detail }) => {
    for (const track of detail.tracks) keep(track);
    for (const id of detail.gone) takeAway(id);
    redrawAll({ speak: true });
    followMaking(detail.making_standalone);
  });
  onEveryPage(() => {
    redrawAll({ speak: false }); // a page that Back brings up may be older than the news
  });
}

function keep(track) {
  const known = newest.get(track.id);
  // The same badge to the letter is an answer that the browser has kept, with the seconds of the time it came.
  if ((known?.version ?? -1) > track.version || known?.badge_html === track.badge_html) return;
  newest.delete(track.id);
  newest.set(track.id, { ...track, heard: Date.now() });
  if (newest.size > KEPT_NEWS) newest.delete(newest.keys().next().value);
}

function redrawAll({ speak }) {
  for (const badge of document.querySelectorAll("[data-track]")) {
    const track = newest.get(badge.dataset.track);
    if (!track) continue;
    if (track.version > Number(badge.dataset.version)) redraw(badge, track, speak);
    else if (track.version === Number(badge.dataset.version)) standInLine(badge, track);
  }
  const active = tick();
  if (active && !ticking) ticking = setInterval(tick, 1000);
}

function redraw(badge, track, speak) {
  const template = document.createElement("template");
  template.innerHTML = track.badge_html.trim();
  const fresh = template.content.firstElementChild;
  if (!fresh) return;
  for (const element of fresh.querySelectorAll("noscript")) element.remove();
  for (const clock of fresh.querySelectorAll("[data-elapsed]")) {
    clock.dataset.since = String(track.heard - Number(clock.dataset.elapsed) * 1000);
  }
  const focused = badge.contains(document.activeElement) ? document.activeElement : null;
  const before = badge.dataset.status;
  const about = fresh.querySelector("[data-about]");
  if (about) about.open = badge.querySelector("[data-about]")?.open ?? false;
  badge.replaceWith(fresh);
  if (focused) {
    const control = focused.dataset.control && fresh.querySelector(`[data-control="${focused.dataset.control}"]`);
    (control || fresh).focus({ preventScroll: true });
  }
  // A toast tells of a piece that is done or has failed; what no toast tells is said here.
  if (speak && before !== track.status && track.error_code === "cancelled") {
    announce(`${track.title}: ${track.badge_text}`);
  }
  document.dispatchEvent(new CustomEvent("music:badge-drawn"));
}

function standInLine(badge, track) {
  const mark = badge.querySelector("[data-unheard-mark]");
  if (mark && !track.unheard) mark.hidden = true; // never shown again: an answer may be older than what was played
  const line = badge.querySelector("[data-place]");
  if (!line) return;
  if (line.textContent !== track.place_text) line.textContent = track.place_text;
  line.hidden = !track.place_text;
  badge.toggleAttribute("data-paused", track.place?.paused === true);
  if (track.late_after === null) delete badge.dataset.lateAfter;
  else badge.dataset.lateAfter = String(track.late_after);
}

/** A piece deleted from elsewhere leaves with all that belongs to it alone. */
function takeAway(id) {
  for (const badge of document.querySelectorAll(`[data-track="${id}"]`)) {
    const item = badge.closest("[data-track-item]") ?? badge;
    if (item.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
    item.remove();
  }
}

/** Count the seconds of unfinished badges on; the clock stops when the last one is gone. Returns how many there are. */
function tick() {
  const clocks = document.querySelectorAll("[data-elapsed]");
  for (const clock of clocks) {
    // Kept as a moment and not as a count: in a page that Back brings up, it is still right.
    clock.dataset.since ??= String(Date.now() - Number(clock.dataset.elapsed) * 1000);
    const seconds = Math.max(0, Math.floor((Date.now() - Number(clock.dataset.since)) / 1000));
    clock.textContent =
      seconds < 60
        ? phrase("seconds", { seconds })
        : phrase("minutes", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
    const badge = clock.closest("[data-track]");
    // Without a limit (its provider rests) it is never late.
    badge.querySelector("[data-late]").hidden = !(seconds >= Number(badge.dataset.lateAfter ?? NaN));
  }
  if (!clocks.length) {
    clearInterval(ticking);
    ticking = 0;
  }
  return clocks.length;
}

function followMaking(making) {
  for (const button of document.querySelectorAll("[data-disable-while-making]")) button.disabled = making;
  for (const note of document.querySelectorAll("[data-making-note]")) note.hidden = !making;
}
