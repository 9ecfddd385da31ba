// How far what is brought in or taken out is, while its page is looked at; its end brings the page up anew.

import * as Turbo from "../vendor/turbo-8.0.23/turbo.es2017-esm.js";
import { onEveryPage } from "./page.js";

const EVERY = 1500;
const SLOWEST = 15000;

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
    if (!shown.isConnected) return;
    if (answer.ok) {
      const work = await answer.json();
      if (work.state !== shown.dataset.transferState) {
        Turbo.visit(location.href, { action: "replace" });
        return;
      }
      show(shown, work);
      next = EVERY;
    } else if (answer.status === 404) {
      Turbo.visit(location.href, { action: "replace" });
      return;
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
