// How far what is brought in or taken out is, while its page is looked at; its end brings the page up anew.

import * as Turbo from "../vendor/turbo-8.0.23/turbo.es2017-esm.js";
import { onEveryPage } from "./page.js";

const EVERY = 1500;
const SLOWEST = 15000;
const UNDER_WAY = 'html[aria-busy="true"], form[aria-busy="true"]'; // what the reader asked for, and a visit cancels

let timer = 0;

/** Follow the work that the page shows, if it shows any. */
export function startTransfers() {
  onEveryPage(() => {
    clearTimeout(timer);
    const shown = document.querySelector("[data-transfer]");
    if (shown) timer = setTimeout(look, EVERY, shown, EVERY);
  });
}

async function look(shown, wait) {
  let next = Math.min(SLOWEST, wait * 2);
  try {
    const answer = await fetch(shown.dataset.transfer, { headers: { Accept: "application/json" } });
    const work = answer.ok ? await answer.json() : null;
    if (!shown.isConnected) return;
    if (answer.status === 404 || (work && work.state !== shown.dataset.transferState)) {
      if (!document.querySelector(UNDER_WAY)) {
        Turbo.visit(location.href, { action: "replace" });
        return;
      }
      next = EVERY;
    } else if (work) {
      show(shown, work);
      next = EVERY;
    }
  } catch {
    // No network for a moment: the work goes on without us, and so does the looking.
  }
  if (shown.isConnected) timer = setTimeout(look, next, shown, next);
}

function show(shown, { done, total, text }) {
  const bar = shown.querySelector("[data-transfer-bar]");
  if (total) {
    bar.max = total;
    bar.value = Math.min(done, total);
  }
  const line = shown.querySelector("[data-transfer-text]");
  if (text && line.textContent !== text) line.textContent = text;
}
