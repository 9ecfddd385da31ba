// One message for each piece that ended: once for all tabs and reloads, in a tab that is seen.

import { alone } from "./channel.js";
import { forgetTrack, isNewSince, markShown, rememberedTracks, wasShown } from "./memory.js";
import { onEveryPage, phrase } from "./page.js";

const SHOWN_FOR = 10000;
const MOST_TOASTS = 4;
const STORAGE_SETTLES_IN = 3000;

export function startToasts() {
  document.addEventListener("music:news", ({ detail }) => {
    for (const id of detail.gone) forgetTrack(id);
    const remembered = new Set(rememberedTracks());
    for (const track of detail.tracks) {
      if (remembered.has(track.id) && !track.making) tellOnce(track);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return; // the key is the dialog's
    const shown = document.querySelectorAll("#toasts .toast");
    if (shown.length) close(shown[shown.length - 1]);
  });
  onEveryPage(() => {
    for (const button of document.querySelectorAll("#toasts [data-toast-close]")) {
      button.setAttribute("aria-label", phrase("closeToast"));
    }
  });
}

function tellOnce(track) {
  const keptOld = track.status === "completed" && !track.remake_error && !isNewSince(track.id, track.audio_url);
  if (track.error_code === "cancelled" || keptOld) {
    forgetTrack(track.id); // the reader knows
    return;
  }
  if (document.visibilityState !== "visible") return; // it stays remembered until somebody looks
  // Only the lock is the same for all tabs at once; what one writes to localStorage another may read a moment later.
  // So the lock is held until they do, and who finds it taken leaves the toast to its holder.
  const tell = () => {
    if (!wasShown(track.id, track.version)) {
      show(track);
      markShown(track.id, track.version);
    }
    forgetTrack(track.id);
    return new Promise((settled) => setTimeout(settled, STORAGE_SETTLES_IN));
  };
  alone(`toast:${track.id}:${track.version}`, tell, { ifAvailable: true });
}

/** What one reader was told is not the next one's. */
export function clearToasts() {
  for (const list of document.querySelectorAll("[data-toasts]")) list.replaceChildren();
}

/** Say that something the reader did came to nothing; `text` is a phrase of the page. */
export function showProblem(text) {
  const toast = fromTemplate("problem");
  toast.querySelector("[data-toast-text]").textContent = text;
  put(toast, "alert");
}

function show(track) {
  const failed = track.status === "error" || track.remake_error !== "";
  const toast = fromTemplate(failed ? "error" : "completed");
  toast.dataset.toastFor = track.id;
  toast.querySelector("[data-toast-title]").textContent = track.title;
  toast.querySelector("[data-toast-page]").href = track.page_url;
  if (failed) {
    toast.querySelector("[data-toast-reason]").textContent = track.error_message || track.remake_error;
  } else {
    const listen = toast.querySelector("[data-toast-listen]");
    listen.href = track.audio_url;
    const { id, title, album: albumTitle, artist, page_url: page, cover_url: cover } = track;
    Object.assign(listen.dataset, { id, title, albumTitle, artist, page, cover });
    closeByItself(toast);
  }
  toast.querySelector("[data-toast-page]").addEventListener("click", () => close(toast));
  put(toast, failed ? "alert" : "status");
  document.dispatchEvent(new CustomEvent("music:badge-drawn"));
}

function fromTemplate(kind) {
  return document.getElementById(`toast-${kind}`).content.firstElementChild.cloneNode(true);
}

function put(toast, role) {
  const list = document.querySelector(`[data-toasts="${role}"]`);
  toast.querySelector("[data-toast-close]").addEventListener("click", () => close(toast));
  if (list.childElementCount >= MOST_TOASTS) close(list.firstElementChild);
  list.append(toast);
}

/** A good message goes after a while, but not from under a pointer or the keyboard's focus. */
function closeByItself(toast) {
  let timer = setTimeout(() => close(toast), SHOWN_FOR);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => close(toast), SHOWN_FOR / 2);
  };
  for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, hold);
  for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, release);
}

function close(toast) {
  if (toast.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
  toast.remove();
}
