// A page that Turbo brings up makes no noise by itself: a screen reader hears its title and what the last action came to.

import { announce } from "./page.js";

export function startArrival() {
  let first = true;
  document.addEventListener("turbo:load", () => {
    const notices = Array.from(document.querySelectorAll("[data-notices] > *"), (notice) => notice.textContent.trim());
    if (!first) announce([document.title, ...notices].join(". "));
    first = false;
  });
}
