// The system's own media keys and lock screen.

import { close, playback, seek, toggle } from "./playback.js";

const session = navigator.mediaSession;
let shown = null;

const handlers = {
  play: () => playback().playing || toggle(),
  pause: () => playback().playing && toggle(),
  stop: close,
  seekto: ({ seekTime }) => seek(seekTime),
};

export function showInSystem() {
  if (!session) return;
  const { piece, playing, time, duration } = playback();
  if (piece?.id !== shown) {
    shown = piece?.id ?? null;
    session.metadata = piece ? new MediaMetadata({ title: piece.title }) : null;
    for (const [action, handler] of Object.entries(handlers)) {
      try {
        session.setActionHandler(action, piece ? handler : null);
      } catch {
        // a browser that does not know this action
      }
    }
  }
  session.playbackState = piece ? (playing ? "playing" : "paused") : "none";
  if (piece && duration > 0 && session.setPositionState) {
    session.setPositionState({ duration, position: Math.min(time, duration), playbackRate: 1 });
  }
}
