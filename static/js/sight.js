// Whether the reader has any tab of ours before their eyes. A tab that is seen holds a lock, together with the others
// that are.

const SEEN = "reading-journey:seen";

let release = null;

export function startSight() {
  if (!navigator.locks) return;
  document.addEventListener("visibilitychange", follow);
  follow();
}

/** Without locks nobody can tell: then it is taken to be so. */
export async function isAnyTabSeen() {
  if (document.visibilityState === "visible" || !navigator.locks) return true;
  const { held } = await navigator.locks.query();
  return held.some(({ name }) => name === SEEN);
}

function follow() {
  if (document.visibilityState !== "visible") {
    release?.();
    release = null;
  } else if (!release) {
    const until = new Promise((done) => (release = done));
    navigator.locks.request(SEEN, { mode: "shared" }, () => until);
  }
}
