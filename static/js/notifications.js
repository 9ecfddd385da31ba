// A notification of the system's when a piece is ready and no tab of ours is seen: only where the reader asked for it,
// in this browser.

import * as Turbo from "../vendor/turbo-8.0.23/turbo.es2017-esm.js";
import { alone } from "./channel.js";
import { forgetTrack, isNewSince, markShown, rememberedTracks, wasShown } from "./memory.js";
import { announce, currentReader, onEveryPage, phrase } from "./page.js";
import { isAnyTabSeen } from "./sight.js";
import { read, remove, write } from "./storage.js";

const STORAGE_SETTLES_IN = 3000; // as for toasts

const wish = () => `notify:${currentReader()}`;

export function startNotifications() {
  if (!("Notification" in window)) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-notify-toggle]")) turnOnOrOff();
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.visit && Turbo.visit(data.visit));
  document.addEventListener("music:news", ({ detail }) => {
    if (!isOn()) return;
    const remembered = new Set(rememberedTracks());
    for (const track of detail.tracks) {
      const ready = track.status === "completed" && !track.making && !track.remake_error;
      if (ready && remembered.has(track.id) && isNewSince(track.id, track.audio_url)) notifyOnce(track);
    }
  });
  onEveryPage(drawChoice);
}

function isOn() {
  return currentReader() !== "" && read(wish()) === true && Notification.permission === "granted";
}

async function turnOnOrOff() {
  if (isOn()) {
    remove(wish());
  } else {
    if (Notification.permission === "default") await Notification.requestPermission();
    if (Notification.permission === "granted") write(wish(), true);
  }
  drawChoice();
  announce(document.querySelector("[data-notify-state]:not([hidden])")?.textContent.trim() ?? "");
}

function drawChoice() {
  const choice = document.querySelector("[data-notifications]");
  if (!choice) return;
  choice.hidden = false;
  const state = Notification.permission === "denied" ? "blocked" : isOn() ? "on" : "off";
  for (const text of choice.querySelectorAll("[data-notify-state]")) text.hidden = text.dataset.notifyState !== state;
  const button = choice.querySelector("[data-notify-toggle]");
  button.textContent = state === "on" ? button.dataset.textOff : button.dataset.textOn;
  button.hidden = state === "blocked"; // only the browser's own settings can change that
}

async function notifyOnce(track) {
  if (await isAnyTabSeen()) return; // its toast tells
  // One of the hidden tabs; the lock is held until the others can read that it was told.
  const tell = async () => {
    if (wasShown(track.id, track.version) || !(await show(track))) return;
    markShown(track.id, track.version);
    forgetTrack(track.id);
    await new Promise((settled) => setTimeout(settled, STORAGE_SETTLES_IN));
  };
  alone(`toast:${track.id}:${track.version}`, tell, { ifAvailable: true });
}

/** On Android only a service worker may. False where there is none: the toast is there when the reader comes back. */
async function show(track) {
  const options = { body: track.title, tag: `track-${track.id}`, lang: document.documentElement.lang };
  try {
    const notification = new Notification(phrase("notifyTitle"), options);
    notification.onclick = () => {
      notification.close();
      window.focus();
      Turbo.visit(track.page_url);
    };
    return true;
  } catch {
    const worker = await navigator.serviceWorker?.getRegistration().catch(() => null);
    if (!worker?.active) return false;
    return worker.showNotification(phrase("notifyTitle"), { ...options, data: track.page_url }).then(
      () => true,
      () => false,
    );
  }
}
