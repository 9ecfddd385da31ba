// What is played follows what happens to it elsewhere: pieces that have come, were made again, or are gone.

import { hear, tell } from "./channel.js";
import { wasTaken } from "./page.js";
import { append, close, dropPiece, playback, takeVersion } from "./playback.js";
import { askAbout } from "./poller.js";
import { awaits, placeOf, queue } from "./queue.js";

let asking = Promise.resolve();

export function startFollowing() {
  document.addEventListener("music:news", ({ detail }) => {
    for (const id of detail.gone) dropPiece(id);
    for (const track of detail.tracks) takeNews(track);
  });
  document.addEventListener("turbo:submit-end", ({ target, detail }) => {
    if (!target.hasAttribute("data-deletes") || !wasTaken(detail)) return;
    tell("deleted");
    dropWhatIsGone();
  });
  hear("deleted", dropWhatIsGone);
}

/** Ask what belongs to the album that is played, and play what has come after all others. One question at a time. */
export function refresh() {
  asking = asking.catch(() => {}).then(askForAlbum); // one that came to nothing must not be the last
  return asking;
}

function takeNews(track) {
  if (!track.audio_url) return;
  const known = queue().pieces.find((each) => each.id === track.id);
  if (known && known.url !== track.audio_url) {
    takeVersion({ ...known, url: track.audio_url, cover: track.cover_url, duration: undefined });
  } else if (!known && awaits(track)) {
    refresh();
  }
}

/** Asks the server: what was deleted may be the piece itself, its log, or the whole journey. */
export async function dropWhatIsGone() {
  const { piece } = playback();
  if (!piece) return;
  if (queue().source) {
    await refresh();
    return;
  }
  const { id } = piece;
  const url = piece.url.split("?")[0]; // whatever version it is
  // Audio in a bucket is elsewhere; that there is a way to it is enough to know.
  const firstByte = { headers: { Range: "bytes=0-0" }, redirect: "manual", cache: "no-store" };
  const response = await fetch(url, firstByte).catch(() => null);
  if (response?.status === 404) dropPiece(id);
  else if (response && url.startsWith("/api/music/")) askAbout(id); // it is there, perhaps as another version
}

async function askForAlbum() {
  const { source } = queue();
  if (!source) return;
  const options = { headers: { Accept: "application/json" }, cache: "no-cache" };
  const response = await fetch(source, options).catch(() => null);
  const album = response?.ok ? await response.json().catch(() => null) : null;
  if (queue().source !== source) return; // something else is played by now
  if (response?.status === 404) {
    close();
    return;
  }
  if (!album) return;
  const there = new Set(album.tracks.map((track) => track.id));
  for (const { id } of queue().pieces) {
    if (!there.has(id)) dropPiece(id);
  }
  for (const track of album.tracks) {
    const fresh = pieceOfTrack(track, album);
    if (placeOf(track.id) >= 0) takeVersion(fresh);
    else append(fresh);
  }
}

function pieceOfTrack(track, album) {
  return {
    id: track.id,
    title: track.title,
    album: album.title,
    artist: album.artist,
    page: track.page_url,
    url: track.audio_url,
    cover: track.cover_url,
    duration: track.seconds,
  };
}

