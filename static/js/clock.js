/** A moment in a piece, for reading: 1:05. To the nearest second, as the server's lists and files tell it. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
