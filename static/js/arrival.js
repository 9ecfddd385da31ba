// A page that Turbo brings up makes no noise by itself: a screen reader hears its title and what the last action came to,
// and the keyboard goes on from its content instead of the top of the frame.

import { announce } from "./page.js";

export function startArrival() {
  let first = true;
  let restored = false;
  document.addEventListener("turbo:visit", ({ detail }) => {
    restored = detail.action === "restore";
  });
  document.addEventListener("turbo:load", () => {
    const notices = Array.from(document.querySelectorAll("[data-notices] > *"), (notice) => notice.textContent.trim());
    if (!first) {
      announce([document.title, ...notices].join(". "));
      requestAnimationFrame(() => {
        focusContent(); // autofocus and refused fields come first
        // Turbo goes to the top of a page after it has given the focus to a place further down; Back finds its own.
        if (!restored && document.activeElement.hasAttribute("autofocus")) {
          document.activeElement.scrollIntoView({ block: "nearest" });
        }
      });
    }
    first = false;
  });
}

/** The link or button that led here is gone, and the focus with it. */
function focusContent() {
  if (document.activeElement !== document.body || location.hash) return;
  document.getElementById("main")?.focus({ preventScroll: true });
}
