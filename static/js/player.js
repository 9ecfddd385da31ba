// The bar that shows what is played and steers it. Its element outlives pages; an error page may bring a new one.

import { onEveryPage, phrase } from "./page.js";
import { clock } from "./clock.js";
import { close, isLoaded, playback, seek, seekIn, startPlayback, toggle } from "./playback.js";
import { showInSystem } from "./mediasession.js";
import { drawWaves, pieceOf, startWaves } from "./waves.js";

let bar = null;
let scrubbing = false;

export function startPlayer() {
  startPlayback(draw);
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-play]");
    if (!control || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
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
  startWaves();
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
  part("close").addEventListener("click", () => {
    close();
    document.getElementById("main")?.focus({ preventScroll: true });
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
}

function part(name) {
  return bar.querySelector(`[data-player-${name}]`);
}

function label() {
  if (!bar) return;
  bar.setAttribute("aria-label", phrase("player"));
  part("seek").setAttribute("aria-label", phrase("position"));
  part("close").setAttribute("aria-label", phrase("closePlayer"));
}

function draw() {
  if (!bar) return;
  const { piece, failed, playing, time, duration } = playback();
  bar.hidden = !piece;
  drawControls();
  showInSystem();
  bar.dataset.state = playing ? "playing" : "paused";
  part("toggle").dataset.state = bar.dataset.state;
  if (!piece) return;
  bar.dataset.piece = piece.id;
  part("toggle").setAttribute("aria-label", phrase(playing ? "pause" : "play"));
  part("title").textContent = piece.title;
  part("title").href = piece.page;
  part("problem").hidden = !failed;
  part("problem").textContent = failed ? phrase("unplayable") : "";
  part("seek").max = String(Math.max(1, Math.floor(duration)));
  if (!scrubbing) {
    part("seek").value = String(Math.floor(time));
    drawTime(time, duration);
  }
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
    control.dataset.state = playing && isLoaded(pieceOf(control)) ? "playing" : "paused";
  }
  for (const place of document.querySelectorAll("[data-seek]")) place.setAttribute("role", "button");
  drawWaves();
}
