// The line in the header, and a mark in the tab's title, while anything is being made.

import { onEveryPage } from "./page.js";

const MARK = "♪ ";

export function startIndicator() {
  document.addEventListener("music:news", ({ detail }) => {
    const indicator = document.getElementById("making");
    if (!indicator) return;
    const text = indicator.querySelector("[data-making-text]");
    if (text.textContent !== detail.indicator) text.textContent = detail.indicator;
    indicator.hidden = !detail.indicator;
    markTitle();
  });
  onEveryPage(markTitle);
}

function markTitle() {
  const indicator = document.getElementById("making");
  const making = indicator !== null && !indicator.hidden;
  const plain = document.title.startsWith(MARK) ? document.title.slice(MARK.length) : document.title;
  const title = making ? MARK + plain : plain;
  if (document.title !== title) document.title = title;
}
