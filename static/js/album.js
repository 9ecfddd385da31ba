// Lists that play from beginning to end: a journey's album, and the pieces of the music page.

import { refresh } from "./following.js";
import { onEveryPage } from "./page.js";
import { isLoaded, playAll, playAt, playback, toggle } from "./playback.js";
import { queue } from "./queue.js";
import { pieceOf } from "./waves.js";

const PLAY = "[data-album-play], [data-album] [data-play], [data-play-all], [data-play-on] [data-play]";

let drawn = new Set();
let page = null;
let drawing = null;

export function startAlbum() {
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.(PLAY);
    if (!control || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault(); // which also tells the player that this click was taken care of
    playFrom(listOf(control), control.matches("[data-play]") ? pieceOf(control) : null);
  });
  document.addEventListener("music:news", ({ detail }) => followNews(detail));
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("[data-album-fold]:not([open])")) {
      fold.open = true; // not every browser can show what is folded on paper by a style alone
      addEventListener("afterprint", () => (fold.open = false), { once: true });
    }
  });
  onEveryPage(() => {
    if (page !== location.pathname) drawn = new Set();
    page = location.pathname;
    for (const control of document.querySelectorAll("[data-album-play], [data-play-all]")) control.hidden = false;
  });
}

/** The button of an album or a list shows a pause sign while that one plays. */
export function drawAlbum() {
  const { playing } = playback();
  for (const control of document.querySelectorAll("[data-album-play], [data-play-all]")) {
    control.dataset.state = playing && isPlayed(listOf(control)) ? "playing" : "paused";
  }
}

function listOf(control) {
  return control.closest("[data-album], [data-play-on]") ?? document.getElementById(control.dataset.playAll);
}

function playFrom(list, wanted) {
  const { ended, hasNext } = playback();
  if (!wanted && isPlayed(list) && ended && !hasNext) {
    playAt(0);
    return;
  }
  if (isPlayed(list) && (!wanted || isLoaded(wanted) || queue().pieces.some(({ id }) => id === wanted.id))) {
    toggle(wanted ?? undefined);
    return;
  }
  // In a list that has changed since, the piece that is heard is still this one.
  if (wanted && isLoaded(wanted) && !list.dataset.album) {
    toggle(wanted);
    return;
  }
  // What the page lists begins at once, while the click still allows it; of an album the rest comes after.
  const { album: source = "", page: home = "", title: album } = list.dataset;
  const pieces = [...list.querySelectorAll("[data-play]")].map(pieceOf);
  const titled = album ? pieces.map((piece) => ({ ...piece, album })) : pieces;
  const start = wanted ? pieces.findIndex(({ id }) => id === wanted.id) : 0;
  playAll(titled, { start, from: { source, home } });
  refresh();
}

function isPlayed(list) {
  if (!list || !playback().piece) return false;
  const { source, pieces } = queue();
  if (list.dataset.album) return source === list.dataset.album;
  const ids = Array.from(list.querySelectorAll("[data-play]"), (control) => control.dataset.id);
  return !source && ids.length === pieces.length && ids.every((id, index) => id === pieces[index].id);
}

/** Draw the album anew when one of its pieces has ended, was made again, or is gone. */
function followNews({ tracks, gone }) {
  const album = document.querySelector("[data-album]");
  if (!album) return;
  const ended = tracks.filter(
    (track) => !track.making && new URL(track.page_url, location.href).pathname === album.dataset.page,
  );
  const news = ended.map(({ id, version }) => `${id}:${version}`).filter((each) => !drawn.has(each));
  for (const each of news) drawn.add(each);
  if (news.length || gone.some((id) => album.querySelector(`[data-id="${id}"]`))) redraw(album);
}

async function redraw(album) {
  const turn = {};
  drawing = turn;
  const response = await fetch(album.dataset.part, { cache: "no-cache" }).catch(() => null);
  const text = response?.ok ? await response.text().catch(() => "") : "";
  const shown = document.querySelector("[data-album]");
  if (drawing !== turn || shown?.dataset.part !== album.dataset.part) return;
  const template = document.createElement("template");
  template.innerHTML = text;
  const fresh = template.content.querySelector("[data-album]");
  if (!fresh) return; // logged out meanwhile, or no line: what is shown stays
  const fold = fresh.querySelector("[data-album-fold]");
  if (fold) fold.open = shown.querySelector("[data-album-fold]")?.open ?? false;
  const focused = shown.contains(document.activeElement) ? document.activeElement : null;
  shown.replaceWith(fresh);
  for (const control of fresh.querySelectorAll("[data-album-play]")) control.hidden = false;
  if (focused) {
    const same = focused.dataset.id ? `[data-id="${focused.dataset.id}"]` : focused.localName === "summary" ? "summary" : "[data-album-play]";
    fresh.querySelector(same)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("music:badge-drawn"));
}
