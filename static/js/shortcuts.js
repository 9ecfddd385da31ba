// The keyboard's shortcuts for the player, and the dialog that lists them.
//
// A key is known by its letter; where a Hangul layout gives another one, by its place on the keyboard.

import { announce, phrase } from "./page.js";
import { listenWith, next, playback, previous, skip, toggle } from "./playback.js";
import { prefer, preferences } from "./preferences.js";

const SKIP = 10;
const TEXT = 'textarea, select, [contenteditable]:not([contenteditable="false"]), input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"], [type="submit"])';
const OBEYS_SPACE = 'a[href], button, input, select, textarea, summary, audio, video, [role="button"], [role="slider"], [tabindex="0"]';

const actions = {
  " ": () => toggle(),
  k: () => toggle(),
  j: () => skip(-SKIP),
  l: () => skip(SKIP),
  m: () => {
    const muted = !preferences().muted;
    listenWith({ muted });
    announce(phrase(muted ? "soundOff" : "soundOn"));
  },
  n: () => tellPiece(next),
  p: () => tellPiece(previous),
};

export function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TEXT)) return;
    if (document.querySelector("dialog[open]") || !preferences().shortcuts) return;
    if (event.key === "?") {
      event.preventDefault();
      showShortcuts();
      return;
    }
    const key = keyOf(event);
    if (event.shiftKey || !Object.hasOwn(actions, key) || !playback().piece) return;
    if (key === " " && event.target.closest?.(OBEYS_SPACE)) return;
    event.preventDefault();
    if (!event.repeat || key === "j" || key === "l") actions[key]();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-shortcuts]")) showShortcuts();
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-shortcuts-on]")) prefer({ shortcuts: target.checked });
  });
  // A page that Back brings up again must not have it open, nor as a part of the page.
  document.addEventListener("turbo:before-cache", () => document.getElementById("shortcuts")?.close());
}

export function showShortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog || dialog.open) return;
  dialog.querySelector("[data-shortcuts-on]").checked = preferences().shortcuts;
  dialog.showModal();
}

function keyOf({ key, code }) {
  if (/^[ -~]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : "";
}

function tellPiece(go) {
  const before = playback().piece;
  go();
  const { piece } = playback();
  if (piece && piece.id !== before.id) announce(piece.title);
}
