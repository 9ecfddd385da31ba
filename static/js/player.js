// The bar that shows what is played and steers it. Its element outlives pages; an error page may bring a new one.

import { onEveryPage, phrase } from "./page.js";
import { close, playback, seek, startPlayback, toggle } from "./playback.js";
import { showInSystem } from "./mediasession.js";

let bar = null;
let scrubbing = false;

export function startPlayer() {
  startPlayback(draw);
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-play]");
    if (!control || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { id, title, page } = control.dataset;
    toggle({ id, title, page, url: control.getAttribute("href") });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("[data-play]")) return;
    event.preventDefault(); // with scripts it is a button, and a button obeys the space bar
    event.target.click();
  });
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
  const { piece, playing } = playback();
  for (const control of document.querySelectorAll("[data-play]")) {
    control.setAttribute("role", "button");
    control.dataset.state = playing && control.dataset.id === piece?.id ? "playing" : "paused";
  }
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
