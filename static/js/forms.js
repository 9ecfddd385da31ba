// Forms: sent once, not sent by an Enter that only ends a Hangul syllable, and never again with a used key.

import { onEveryPage, phrase, wasTaken } from "./page.js";
import { showProblem } from "./toasts.js";

const FAULTS = 'main [aria-invalid="true"], main .errorlist.nonfield';

let sending = new WeakSet();
const shownErrors = new WeakSet();

export function startForms() {
  document.addEventListener("submit", sendOnce, { capture: true });
  document.addEventListener("turbo:submit-end", ended);
  document.addEventListener("turbo:fetch-request-error", tellNotSent);
  addEventListener("unhandledrejection", (event) => {
    if (shownErrors.has(event.reason)) event.preventDefault(); // Turbo throws it again, and nobody catches it
  });
  document.addEventListener("keydown", ignoreComposingEnter, { capture: true });
  addEventListener("pageshow", (event) => {
    if (event.persisted) sending = new WeakSet();
  });
  onEveryPage(() => {
    fillTimeZone();
    // A frame later: Turbo gives the focus to an autofocus field first.
    requestAnimationFrame(() => document.querySelector(FAULTS)?.focus());
  });
}

function sendOnce(event) {
  const form = event.target;
  // A question may be answered with no, and a track's action may be sent again after a failure.
  if (form.method !== "post" || form.hasAttribute("data-turbo-confirm") || form.dataset.trackAction) return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sending.add(form);
}

function ended({ target: form, detail }) {
  if (!wasTaken(detail)) {
    sending.delete(form);
    return;
  }
  if (form.method !== "post") return;
  // The page is about to be kept for Back: what it showed was sent, so it must not be offered as unsent again.
  form.reset();
  const key = form.querySelector('input[name="request_key"]');
  if (key) key.value = freshKey();
}

/** For a link Turbo opens the address anew, which shows the offline page; a form stays as it is, and the reader is told. */
function tellNotSent(event) {
  shownErrors.add(event.detail.error);
  if (event.target.localName !== "form") return;
  event.preventDefault();
  showProblem(phrase("notSent"));
}

function ignoreComposingEnter(event) {
  if (event.key !== "Enter" && event.keyCode !== 229) return;
  if (event.target.localName === "input" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
}

/** Not crypto.randomUUID: that one is missing where the address is not https. */
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fillTimeZone() {
  const input = document.querySelector('input[type="hidden"][name="time_zone"]');
  if (input && !input.value) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
