// The bar that shows what is played and steers it. Its element outlives pages; an error page may bring a new one.

import { drawAlbum, startAlbum } from "./album.js";
import { clock } from "./clock.js";
import { dropWhatIsGone, startFollowing } from "./following.js";
import { onEveryPage, phrase } from "./page.js";
import { close, isLoaded, next, playback, previous, seek, seekIn, startPlayback, toggle } from "./playback.js";
import { bindPanel, clearPanel, closePanel, drawPanel, labelPanel } from "./playerpanel.js";
import { showInSystem } from "./mediasession.js";
import { startShortcuts } from "./shortcuts.js";
import { startSleep } from "./sleep.js";
import { drawWaves, pieceOf, startWaves } from "./waves.js";

let bar = null;
let scrubbing = false;

export function startPlayer() {
  startPlayback({ changed: draw, mayBeOld: dropWhatIsGone });
  startFollowing();
  startSleep(drawPanel);
  startAlbum();
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-play]");
    if (!control || event.defaultPrevented) return; // in a list the piece is played as a part of it
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    toggle(pieceOf(control));
  });
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-seek]");
    if (!place || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    seekIn(pieceOf(place.closest("[data-track]").querySelector("[data-play]")), Number(place.dataset.seek), { play: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("[data-play], [data-seek]")) return;
    event.preventDefault(); // with scripts it is a button, and a button obeys the space bar
    event.target.click();
  });
  for (const event of ["pointerup", "pointercancel", "focusout"]) document.addEventListener(event, letGo);
  startWaves();
  startShortcuts();
  document.addEventListener("music:badge-drawn", drawControls);
  onEveryPage(() => {
    bind();
    label();
    draw();
  });
}

function bind() {
  const found = document.getElementById("player");
  if (!found || found === bar) return;
  bar = found;
  part("toggle").addEventListener("click", () => toggle());
  part("previous").addEventListener("click", previous);
  part("next").addEventListener("click", next);
  part("close").addEventListener("click", close);
  part("cover").addEventListener("error", () => {
    part("cover").hidden = true; // a piece without a picture of its own
  });
  const slider = part("seek");
  slider.addEventListener("input", () => {
    scrubbing = true;
    drawTime(Number(slider.value), playback().duration);
  });
  slider.addEventListener("change", () => {
    scrubbing = false;
    seek(Number(slider.value));
  });
  bindPanel(bar);
}

/** A drag that is cancelled, or ends where it began, is no "change" to some browsers; a "change" comes after this. */
function letGo() {
  if (!scrubbing) return;
  setTimeout(() => {
    scrubbing = false;
    draw();
  });
}

function part(name) {
  return bar.querySelector(`[data-player-${name}]`);
}

/** The bar is older than the page, which may be in another language. */
function label() {
  if (!bar) return;
  bar.setAttribute("aria-label", phrase("player"));
  for (const element of bar.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", phrase(element.dataset.label));
  }
  labelPanel();
}

function draw() {
  if (!bar) return;
  const { piece, failed, playing, time, duration, hasNext } = playback();
  drawControls();
  showInSystem();
  drawPanel();
  bar.dataset.state = playing ? "playing" : "paused";
  part("toggle").dataset.state = bar.dataset.state;
  if (!piece) {
    putAway();
    return;
  }
  bar.hidden = false;
  bar.dataset.piece = piece.id;
  part("toggle").setAttribute("aria-label", phrase(playing ? "pause" : "play"));
  part("next").setAttribute("aria-disabled", String(!hasNext)); // and not disabled: that would take the focus away
  part("title").textContent = piece.title;
  part("title").href = piece.page;
  drawCover(piece.cover ?? "");
  drawProblem(failed ? phrase("unplayable") : "");
  part("seek").max = String(Math.max(1, Math.round(duration)));
  if (!scrubbing) {
    part("seek").value = String(Math.round(time));
    drawTime(time, duration);
  }
}

/** Nothing of what was played stays behind, not even hidden: the next reader of this browser may be another. */
function putAway() {
  if (bar.hidden) return;
  const lost = bar.contains(document.activeElement);
  closePanel();
  clearPanel();
  bar.hidden = true;
  delete bar.dataset.piece;
  part("title").textContent = "";
  part("title").removeAttribute("href");
  drawCover("");
  drawProblem("");
  if (lost) document.getElementById("main")?.focus({ preventScroll: true });
}

/** An alert is read out whenever it is written, even with the same words. */
function drawProblem(text) {
  const problem = part("problem");
  if (problem.textContent === text) return;
  problem.hidden = !text;
  problem.textContent = text;
}

function drawCover(address) {
  const cover = part("cover");
  if (cover.getAttribute("src") === address) return;
  cover.hidden = !address;
  if (address) cover.src = address;
  else cover.removeAttribute("src");
}

function drawTime(time, duration) {
  const values = { time: clock(time), duration: clock(duration) };
  part("time").textContent = `${values.time} / ${values.duration}`;
  part("seek").setAttribute("aria-valuetext", phrase("positionText", values));
}

/** The play controls in the page show a pause sign while theirs is the piece that plays. */
function drawControls() {
  const { playing } = playback();
  for (const control of document.querySelectorAll("[data-play]")) {
    control.setAttribute("role", "button");
    const loaded = isLoaded(pieceOf(control));
    control.dataset.state = playing && loaded ? "playing" : "paused";
    if (loaded) control.setAttribute("aria-current", "true");
    else control.removeAttribute("aria-current");
  }
  for (const place of document.querySelectorAll("[data-seek]")) place.setAttribute("role", "button");
  drawAlbum();
  drawWaves();
}
