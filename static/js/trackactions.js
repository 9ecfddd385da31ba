// Cancel and Retry without leaving the page: a half-written log stays as it is. Without scripts they are plain forms.

import { rememberTrack } from "./memory.js";
import { phrase } from "./page.js";
import { pollNow } from "./poller.js";
import { showProblem } from "./toasts.js";

// The track has been cancelled, tried again, finished (409) or deleted (404) from elsewhere: the news will tell.
const MOVED_ON = [404, 409];

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
  let response;
  try {
    response = await fetch(form.dataset.trackAction, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": new FormData(form).get("csrfmiddlewaretoken") },
    });
  } catch {
    showProblem(phrase("notSent"));
    return;
  } finally {
    form.removeAttribute("aria-busy");
  }
  if (response.ok || MOVED_ON.includes(response.status)) {
    rememberTrack(form.closest("[data-track]").dataset.track);
    pollNow();
  } else {
    showProblem(phrase("refused"));
  }
}
