// The list below a journey's picture: a piece that becomes ready, or is made again, is heard from there at once.

export function startTimeline() {
  document.addEventListener("music:news", ({ detail }) => {
    for (const track of detail.tracks) {
      for (const piece of document.querySelectorAll(`[data-timeline-piece="${track.id}"]`)) follow(piece, track);
    }
  });
}

function follow(piece, track) {
  const play = piece.querySelector("[data-play]");
  const address = (track.status === "completed" && track.audio_url) || "";
  if (address && play.getAttribute("href") === address) return; // its facts say more than a badge does
  piece.querySelector("[data-timeline-facts]").textContent = track.badge_text;
  if (!address) return;
  play.setAttribute("href", address);
  play.dataset.cover = track.cover_url;
  play.hidden = false;
  document.dispatchEvent(new CustomEvent("music:badge-drawn"));
}
