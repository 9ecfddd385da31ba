// The system's own media keys and lock screen.

import { next, pause, playback, previous, seek, skip, toggle } from "./playback.js";
import { phrase } from "./page.js";
import { preferences } from "./preferences.js";

const SKIP = 10;

const session = navigator.mediaSession;
let shown = "";

const handlers = {
  play: () => playback().playing || toggle(),
  pause: () => pause(),
  stop: () => {
    pause();
    seek(0);
  },
  seekto: ({ seekTime }) => seek(seekTime),
  seekbackward: ({ seekOffset }) => skip(-(seekOffset || SKIP)),
  seekforward: ({ seekOffset }) => skip(seekOffset || SKIP),
  previoustrack: previous,
  nexttrack: next,
};

export function showInSystem() {
  if (!session) return;
  const state = playback();
  const { piece, playing, time, duration } = state;
  const now = piece ? [piece.id, piece.url, state.hasNext, document.documentElement.lang].join(" ") : "";
  if (now !== shown) {
    shown = now;
    session.metadata = piece ? metadataOf(piece) : null;
    for (const [action, handler] of Object.entries(handlers)) {
      const offered = piece && (action !== "nexttrack" || state.hasNext);
      try {
        session.setActionHandler(action, offered ? handler : null);
      } catch {
        // a browser that does not know this action
      }
    }
  }
  session.playbackState = piece ? (playing ? "playing" : "paused") : "none";
  if (piece && duration > 0 && session.setPositionState) {
    session.setPositionState({ duration, position: Math.min(time, duration), playbackRate: preferences().speed });
  }
}

function metadataOf(piece) {
  const artwork = piece.cover ? [{ src: new URL(piece.cover, location.href).href, sizes: "600x600" }] : [];
  // Of a book: its authors and its title. A piece of its own is ours alone.
  return new MediaMetadata({ title: piece.title, album: piece.album ?? "", artist: piece.artist || phrase("product"), artwork });
}
