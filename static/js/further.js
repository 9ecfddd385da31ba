// What a part of the page that comes later has to say ([data-say]) is said once, by a live region that was there before
// it ([data-said]): one that arrives together with its words is not read out by every screen reader.

export function startFurther() {
  document.addEventListener("turbo:frame-load", (event) => {
    const said = event.target.querySelector("[data-say]")?.textContent.trim();
    const place = document.querySelector("[data-said]");
    if (said && place) place.textContent = said;
  });
  // An answer without the part (a proxy's page, an error): what the page has already stays, and not Turbo's own words.
  document.addEventListener("turbo:frame-missing", (event) => event.preventDefault());
}
