// A button beside an address copies it. Without scripts it is not there, and the address can be marked by hand.

import { announce, onEveryPage } from "./page.js";

const TOLD_FOR = 4000;

export function startCopying() {
  onEveryPage(() => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
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
  const text = label.textContent;
  if (text === button.dataset.copied) return;
  announce(button.dataset.copied);
  label.textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = text), TOLD_FOR);
}
