// A button beside an address copies it. Without scripts it is not there, and the address can be marked by hand.

import { announce, onEveryPage } from "./page.js";

const TOLD_FOR = 4000;

const ownWords = new Map(); // of the labels that say for now that it was copied

export function startCopying() {
  onEveryPage(() => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("turbo:before-cache", () => {
    for (const label of ownWords.keys()) putBack(label);
  });
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select(); // refused, or no https: one press of the keys is left to the reader
    return;
  }
  const label = button.firstChild;
  if (ownWords.has(label)) return;
  ownWords.set(label, label.textContent);
  announce(button.dataset.copied);
  label.textContent = button.dataset.copied;
  setTimeout(putBack, TOLD_FOR, label);
}

function putBack(label) {
  if (ownWords.has(label)) label.textContent = ownWords.get(label);
  ownWords.delete(label);
}
