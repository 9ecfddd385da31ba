// The offline page opens the page that it stands for as soon as the server can be reached: the network may be back without
// the browser saying so, and may never have been away where it is the server that is down.

const EVERY = 4000;

addEventListener("online", openAgain);
setInterval(() => document.visibilityState === "visible" && openAgain(), EVERY);

async function openAgain() {
  try {
    const answer = await fetch(document.body.dataset.aliveUrl, { cache: "no-store" });
    if (answer.ok) location.reload();
  } catch {
    // not yet
  }
}
