// The two audio elements: one is heard, the other only while a piece fades out under the next one.
//
// Without a crossfade the same element plays every piece. A phone lets an element that the reader has started once go
// on by itself, and asks for another touch for any other.

const STEP = 100;

const elements = [new Audio(), new Audio()];
const gains = new Map(elements.map((element) => [element, 1]));

let heard = elements[0];
let level = 1;
let dimmed = 1;
let fading = 0;

for (const element of elements) element.preload = "metadata";

/** The element that is heard: to ask for its time, to play, to pause. */
export function deck() {
  return heard;
}

/** `react` hears the events of the element that is heard, and of no other. */
export function listenToDeck(events, react) {
  for (const event of events) {
    for (const element of elements) element.addEventListener(event, () => element === heard && react(event));
  }
}

export function loadDeck(url, time = 0) {
  settle();
  heard.src = url;
  if (time) heard.currentTime = time;
}

export function emptyDeck() {
  settle();
  empty(heard);
}

/**
 * What is heard fades out while the piece at `url` fades in, in `seconds`. Where the browser wants a touch for that, it
 * follows at once on the element that had one. Rejects when it may not play there either.
 */
export function crossTo(url, seconds) {
  settle();
  const leaving = heard;
  heard = elements.find((element) => element !== leaving);
  heard.src = url;
  gains.set(heard, 0);
  apply();
  const begun = Date.now();
  const fade = setInterval(() => {
    const share = Math.min(1, (Date.now() - begun) / 1000 / seconds);
    gains.set(heard, share);
    gains.set(leaving, 1 - share);
    apply();
    if (share === 1) settle();
  }, STEP);
  fading = fade;
  return heard.play().catch((refusal) => {
    if (refusal.name !== "NotAllowedError" || fading !== fade) throw refusal;
    heard = leaving;
    loadDeck(url);
    return heard.play();
  });
}

/** End a crossfade at once: what faded out is silent. */
export function settle() {
  clearInterval(fading);
  fading = 0;
  for (const element of elements) {
    gains.set(element, 1);
    if (element !== heard && element.hasAttribute("src")) empty(element);
  }
  apply();
}

/** `volume` 0 to 1; `speed` 1 as it was made. The pitch stays, whatever the speed. */
export function adjustDeck({ volume, muted, speed }) {
  level = volume;
  for (const element of elements) {
    element.muted = muted;
    element.defaultPlaybackRate = speed; // loading sets the rate back to this one
    element.playbackRate = speed;
  }
  apply();
}

/** Play everything more quietly for a while, without touching the reader's own volume: 1 as usual, 0 silent. */
export function dim(share) {
  dimmed = share;
  apply();
}

function empty(element) {
  element.pause();
  element.removeAttribute("src");
  element.load();
}

function apply() {
  for (const element of elements) element.volume = Math.min(1, Math.max(0, level * dimmed * gains.get(element)));
}
