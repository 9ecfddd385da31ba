// The panel above the player's bar: how it is listened to, and the queue.

import { clock } from "./clock.js";
import { phrase } from "./page.js";
import { isLoaded, listenWith, playAt, playback, takeOut, toggle } from "./playback.js";
import { preferences } from "./preferences.js";
import { queue } from "./queue.js";
import { sleepAfter, sleepTimer } from "./sleep.js";

let bar = null;
let drawnQueue = "";

export function bindPanel(player) {
  bar = player;
  drawnQueue = "";
  part("more").addEventListener("click", () => (part("panel").hidden ? openPanel() : closePanel()));
  part("mute").addEventListener("click", () => listenWith({ muted: !preferences().muted }));
  part("volume").addEventListener("input", () => {
    listenWith({ volume: Number(part("volume").value) / 100, muted: false });
  });
  part("repeat").addEventListener("change", () => listenWith({ repeat: part("repeat").value }));
  part("speed").addEventListener("change", () => listenWith({ speed: Number(part("speed").value) }));
  part("crossfade").addEventListener("change", () => listenWith({ crossfade: Number(part("crossfade").value) }));
  part("sleep").addEventListener("change", () => sleepAfter(part("sleep").value));
  part("queue").addEventListener("click", steerQueue);
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || part("panel").hidden) return;
    event.preventDefault();
    closePanel();
    part("more").focus();
  });
}

export function closePanel() {
  part("panel").hidden = true;
  part("more").setAttribute("aria-expanded", "false");
}

export function clearPanel() {
  drawnQueue = "";
  part("queue").replaceChildren();
  part("download").href = "";
}

function openPanel() {
  part("panel").hidden = false;
  part("more").setAttribute("aria-expanded", "true");
  drawPanel();
  part("queue").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
}

/** In the page's language, whichever the panel was drawn in. */
export function labelPanel() {
  for (const element of bar.querySelectorAll("[data-text]")) {
    const words = element.dataset.text;
    const number = element.value;
    if (/^sleep\d/.test(words)) element.textContent = phrase("sleepAfter", { number });
    else if (/^crossfade\d/.test(words)) element.textContent = phrase("crossfadeLength", { seconds: number });
    else element.textContent = phrase(words);
  }
  drawnQueue = "";
}

export function drawPanel() {
  if (!bar || part("panel").hidden) return;
  const { repeat, speed, volume, muted, crossfade } = preferences();
  part("mute").setAttribute("aria-pressed", String(muted));
  part("volume").value = String(Math.round(volume * 100));
  part("repeat").value = repeat;
  part("speed").value = String(speed);
  part("crossfade").value = String(crossfade);
  drawSleep();
  drawQueue();
}

function drawSleep() {
  const { wish, minutes } = sleepTimer();
  part("sleep").value = wish;
  const text = minutes ? phrase("sleepLeft", { number: minutes }) : "";
  part("asleep").hidden = !text;
  if (part("asleep").textContent !== text) part("asleep").textContent = text;
}

function drawQueue() {
  const { piece, playing } = playback();
  const own = piece?.url.startsWith("/api/music/"); // and not heard on somebody's public page
  part("download").hidden = !own;
  if (own) part("download").href = `${piece.url.split("?")[0]}?download=1`;
  const { pieces, place } = queue();
  const now = JSON.stringify([place, pieces.map((each) => [each.id, each.title, each.duration, isLoaded(each)])]);
  if (now !== drawnQueue) {
    drawnQueue = now;
    const focused = part("queue").contains(document.activeElement) ? document.activeElement : null;
    const lost = focused?.closest("li");
    const index = lost ? [...part("queue").children].indexOf(lost) : -1;
    const kind = focused?.hasAttribute("data-take-out") ? "[data-take-out]" : "[data-go-to]";
    part("queue").replaceChildren(...pieces.map(lineOf));
    if (index >= 0) (part("queue").children[Math.min(index, pieces.length - 1)]?.querySelector(kind) ?? part("more")).focus();
  }
  const current = part("queue").children[place]?.querySelector("[data-go-to]");
  if (current) current.dataset.state = playing ? "playing" : "paused";
}

function lineOf(piece, index) {
  const line = document.createElement("li");
  line.dataset.id = piece.id;
  const go = button("player-queue-piece");
  go.dataset.goTo = String(index);
  if (isLoaded(piece)) go.setAttribute("aria-current", "true");
  go.append(text("player-queue-name", piece.title), text("player-queue-time", piece.duration ? clock(piece.duration) : ""));
  const out = button("icon-button");
  out.dataset.takeOut = piece.id;
  out.setAttribute("aria-label", phrase("takeOut", { title: piece.title }));
  out.append(part("close").querySelector("svg").cloneNode(true));
  line.append(go, out);
  return line;
}

function button(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  return made;
}

function text(name, words) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = words;
  return made;
}

function steerQueue(event) {
  const go = event.target.closest("[data-go-to]");
  const out = event.target.closest("[data-take-out]");
  if (out) takeOut(out.dataset.takeOut);
  else if (go && go.getAttribute("aria-current") === "true") toggle();
  else if (go) playAt(Number(go.dataset.goTo));
}

function part(name) {
  return bar.querySelector(`[data-player-${name}]`);
}
