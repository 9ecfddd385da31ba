// The waveforms on the page: each shows how far its piece has been played, and is a slider to go elsewhere in it.

import { clock } from "./clock.js";
import { phrase } from "./page.js";
import { isLoaded, playback, seekIn, toggle } from "./playback.js";

const STEP = 5;

/** What a play control plays. */
export function pieceOf(control) {
  const { id, title, page, albumTitle: album = "", artist = "", cover = "" } = control.dataset;
  return { id, title, album, artist, page, cover, url: control.getAttribute("href") };
}

export function startWaves() {
  document.addEventListener("click", (event) => {
    const wave = event.target.closest?.("[data-wave]");
    if (!wave || event.button) return;
    const { left, width } = wave.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    seekIn(pieceOfWave(wave), share * Number(wave.dataset.seconds), { play: true });
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-wave]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const wave = event.target;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      toggle(pieceOfWave(wave));
      return;
    }
    const target = targetOf(event.key, timeOf(wave), Number(wave.dataset.seconds));
    if (target === null) return;
    event.preventDefault();
    seekIn(pieceOfWave(wave), target);
  });
}

export function drawWaves() {
  for (const wave of document.querySelectorAll("[data-wave]")) draw(wave);
}

function draw(wave) {
  const piece = pieceOfWave(wave);
  const seconds = Number(wave.dataset.seconds);
  const time = timeOf(wave);
  const svg = wave.querySelector("svg");
  const share = seconds ? Math.min(1, time / seconds) : 0;
  wave.querySelector("[data-wave-played]").setAttribute("width", String(share * svg.viewBox.baseVal.width));
  const shown = isLoaded(piece) ? `${clock(time)} / ${clock(seconds)}` : clock(seconds);
  const label = wave.parentElement.querySelector("[data-wave-time]");
  if (label.textContent !== shown) label.textContent = shown;
  const values = {
    role: "slider",
    tabindex: "0",
    "aria-label": `${phrase("position")}: ${piece.title}`,
    "aria-valuemin": "0",
    "aria-valuemax": String(Math.round(seconds)),
    "aria-valuenow": String(Math.round(time)),
    "aria-valuetext": phrase("positionText", { time: clock(time), duration: clock(seconds) }),
  };
  for (const [name, value] of Object.entries(values)) {
    if (wave.getAttribute(name) !== value) wave.setAttribute(name, value);
  }
}

function pieceOfWave(wave) {
  return pieceOf(wave.closest("[data-track]").querySelector("[data-play]"));
}

function timeOf(wave) {
  return isLoaded(pieceOfWave(wave)) ? playback().time : 0;
}

/** The second that a key asks for, or null for a key that asks for none. */
function targetOf(key, time, seconds) {
  const wanted = {
    ArrowRight: time + STEP,
    ArrowUp: time + STEP,
    ArrowLeft: time - STEP,
    ArrowDown: time - STEP,
    PageUp: time + seconds / 10,
    PageDown: time - seconds / 10,
    Home: 0,
    End: seconds,
  }[key];
  return wanted === undefined ? null : Math.min(seconds, Math.max(0, wanted));
}
