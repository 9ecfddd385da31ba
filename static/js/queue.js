// What is to be played one after the other: the list, and where in it the reader is. Nothing here makes a sound.
//
// A list that came of an album knows the address that tells what belongs to it, so that it can grow with its journey.

let pieces = [];
let place = -1;
let source = "";
let home = "";
let without = new Set();

/** `source`: the album's address in the API; `home`: its page. Both are empty for any other list. */
export function queue() {
  return { pieces, place, source, home };
}

export function current() {
  return pieces[place] ?? null;
}

export function fill(list, at = 0, from = {}) {
  pieces = [...list];
  place = pieces.length ? Math.min(Math.max(0, at), pieces.length - 1) : -1;
  source = from.source ?? "";
  home = from.home ?? "";
  without = new Set(from.without);
}

export function goTo(index) {
  place = index;
}

export function placeOf(id) {
  return pieces.findIndex((piece) => piece.id === id);
}

/** The place after this one, or null at the end; the first again where all is `repeated`. */
export function after({ repeated = false } = {}) {
  if (place + 1 < pieces.length) return place + 1;
  return repeated && pieces.length ? 0 : null;
}

export function before({ repeated = false } = {}) {
  if (place > 0) return place - 1;
  return repeated && pieces.length ? pieces.length - 1 : null;
}

/** A piece that has come to be is played after all others; one the reader took out stays out. */
export function append(piece) {
  if (placeOf(piece.id) >= 0 || without.has(piece.id)) return false;
  pieces = [...pieces, piece];
  return true;
}

/** Take what is known anew of a piece: it was made again, or its log was called otherwise. */
export function renew(piece) {
  pieces = pieces.map((each) => (each.id === piece.id ? { ...each, ...piece } : each));
}

/** Whether a track of the news belongs to the album that is played, and is to be played after all others. */
export function awaits({ id, page_url: page }) {
  return home !== "" && !without.has(id) && new URL(page, location.href).pathname === home;
}

/** The reader does not want to hear it here. */
export function refuse(id) {
  without.add(id);
}

/** It does not exist any more. What follows moves up, so that its place is then the next one's. */
export function drop(id) {
  const index = placeOf(id);
  if (index < 0) return;
  pieces = pieces.filter((each) => each.id !== id);
  if (index < place || place >= pieces.length) place -= 1;
}

/** As it is kept between visits. */
export function keptQueue() {
  return { pieces, source, home, without: [...without] };
}
