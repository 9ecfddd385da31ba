// Cancel and Retry without leaving the page: a half-written log stays as it is. Without scripts they are plain forms.

import { phrase } from "./page.js";
import { pollNow } from "./poller.js";
import { showProblem } from "./toasts.js";

export function startTrackActions() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.trackAction || event.defaultPrevented) return;
    event.preventDefault();
    // Busy and not disabled: a disabled button would lose the keyboard's focus, and the redrawn badge is to take it over.
    if (form.getAttribute("aria-busy") !== "true") send(form);
  });
}

async function send(form) {
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.dataset.trackAction, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": new FormData(form).get("csrfmiddlewaretoken") },
    });
    // 409: the track has moved on by itself, and the news will tell.
    if (!response.ok && response.status !== 409) throw new Error(`${response.status}`);
    pollNow();
  } catch {
    form.removeAttribute("aria-busy");
    showProblem(phrase("notSent"));
  }
}
