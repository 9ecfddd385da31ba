// Cancel, Retry and Make again without leaving the page: a half-written log stays as it is. Without scripts they are
// plain forms.

import { rememberTrack } from "./memory.js";
import { phrase } from "./page.js";
import { pollNow } from "./poller.js";
import { showProblem } from "./toasts.js";

// The track has been cancelled, tried again, finished (409) or deleted (404) from elsewhere: the news will tell.
const MOVED_ON = [404, 409];
const TOO_MUCH = 429;

export function startTrackActions() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.trackAction || event.defaultPrevented) return;
    event.preventDefault();
    // Busy and not disabled: a disabled button would lose the keyboard's focus, and the redrawn badge is to take it over.
    if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  // What Back brings up is a copy, which the end of the sending would not reach.
  document.addEventListener("turbo:before-cache", () => {
    for (const form of document.querySelectorAll("form[data-track-action]")) form.removeAttribute("aria-busy");
  });
}

async function send(form, button) {
  form.setAttribute("aria-busy", "true");
  const badge = form.closest("[data-track]");
  const fields = new FormData(form);
  const wish = button?.name ? { [button.name]: button.value } : {};
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-CSRFToken": fields.get("csrfmiddlewaretoken"),
  };
  // Made of the piece's version: the same wish sent twice for the same state of things is one.
  if (fields.has("request_key")) headers["Idempotency-Key"] = `${fields.get("request_key")}:${button?.value ?? ""}`;
  let response;
  try {
    response = await fetch(form.dataset.trackAction, {
      method: "POST",
      headers,
      body: JSON.stringify(wish),
    });
  } catch {
    showProblem(phrase("notSent"));
    return;
  } finally {
    form.removeAttribute("aria-busy");
  }
  if (response.ok || MOVED_ON.includes(response.status)) {
    rememberTrack(badge.dataset.track, badge.querySelector("[data-play]")?.getAttribute("href") ?? "");
    pollNow();
  } else {
    showProblem((response.status === TOO_MUCH && (await detailOf(response))) || phrase("refused"));
  }
}

/** What a problem+json answer says to the reader; empty when it is something else. */
async function detailOf(response) {
  try {
    return (await response.json()).detail ?? "";
  } catch {
    return "";
  }
}
