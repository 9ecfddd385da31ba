// A piece that is played is not new any more: here, in the other tabs, and on the reader's other devices.

import { forgetReady } from "./memory.js";
import { currentReader } from "./page.js";
import { askAbout } from "./poller.js";

const AGAIN_AFTER = 30000;

const noted = new Set();

export function startHeard() {
  document.addEventListener("music:playing", ({ detail: piece }) => {
    const url = new URL(piece?.url ?? "", location.href);
    // A piece on somebody's public page is heard there, and noted nowhere.
    if (!currentReader() || !/^\/api\/music\/[^/]+\/audio$/.test(url.pathname) || noted.has(url.href)) return;
    noted.add(url.href);
    note(piece.id, url);
  });
}

async function note(id, url) {
  for (const mark of document.querySelectorAll(`[data-track="${id}"] [data-unheard-mark]`)) mark.hidden = true;
  forgetReady(id);
  document.dispatchEvent(new CustomEvent("music:heard"));
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const address = url.pathname.replace(/audio$/, "heard") + url.search;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const response = await fetch(address, { method: "POST", headers, keepalive: true }).catch(() => null);
  if (response?.ok) askAbout(id); // the other tabs and the count follow the news
  else if (!response || response.status >= 500) setTimeout(() => noted.delete(url.href), AGAIN_AFTER);
}
