// What the frame says of the music wherever the reader is: the line in the header while something is being made, the
// count of what is still to be heard, and both in the tab's title.
//
// The title counts only what became ready in this browser and was neither played nor seen since: a number that never
// goes away would say nothing.

import { forgetReady, isNewSince, markReady, readyTracks, rememberedTracks } from "./memory.js";
import { onEveryPage } from "./page.js";

const MAKING = "♪ ";
const MARKS = /^(\(\d+\)\u00a0)?(♪ )?/; // the hard space tells our number from one that a title begins with

export function startIndicator() {
  document.addEventListener("music:news", ({ detail }) => {
    drawMaking(detail.indicator);
    drawUnheard(detail.unheard, detail.unheard_text);
    keepReady(detail);
    markTitle();
  });
  document.addEventListener("music:heard", markTitle);
  document.addEventListener("visibilitychange", markTitle);
  addEventListener("storage", markTitle); // another tab knows more
  onEveryPage(markTitle);
}

function drawMaking(text) {
  const indicator = document.getElementById("making");
  if (!indicator) return;
  const line = indicator.querySelector("[data-making-text]");
  if (line.textContent !== text) line.textContent = text;
  indicator.hidden = !text;
}

function drawUnheard(count, text) {
  for (const mark of document.querySelectorAll("[data-unheard]")) {
    mark.hidden = !count;
    mark.querySelector("[data-unheard-count]").textContent = count || "";
    mark.querySelector("[data-unheard-text]").textContent = text;
  }
}

function keepReady({ tracks, gone, unheard }) {
  const remembered = new Set(rememberedTracks());
  for (const track of tracks) {
    if (!track.unheard) forgetReady(track.id);
    else if (remembered.has(track.id) && !track.making && isNewSince(track.id, track.audio_url)) markReady(track.id);
  }
  for (const id of unheard ? gone : readyTracks()) forgetReady(id);
}

function markTitle() {
  if (document.visibilityState === "visible") {
    for (const badge of document.querySelectorAll("[data-track]")) forgetReady(badge.dataset.track); // it is seen
  }
  const indicator = document.getElementById("making");
  const ready = readyTracks().length;
  const marks = (ready ? `(${ready})\u00a0` : "") + (indicator && !indicator.hidden ? MAKING : "");
  const title = marks + document.title.replace(MARKS, "");
  if (document.title !== title) document.title = title;
}
