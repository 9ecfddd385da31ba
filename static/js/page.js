// What every module needs to know of the page that is shown now.

let reader = "";

/** The id of the reader this page was made for; empty for a visitor. A bare error page names none: it changes nothing. */
export function currentReader() {
  reader = document.body.dataset.reader ?? reader;
  return reader;
}

/** Whether what a form held has been taken, by a "turbo:submit-end"; for Turbo, being sent to log in is a success too. */
export function wasTaken({ success, fetchResponse }) {
  return Boolean(success) && fetchResponse.location.pathname !== document.body.dataset.loginUrl;
}

/** A phrase in the page's language, by its name in the base template; `%(name)s` is filled from `values`. */
export function phrase(name, values = {}) {
  const text = document.getElementById("strings")?.dataset[name] ?? "";
  return text.replace(/%\((\w+)\)s/g, (_match, key) => values[key] ?? "");
}

/**
 * Do `work` for every page that comes up, the first one included. It may run twice for one page (a rejected form is
 * rendered without being loaded, a visit is both), so it has to lead to the same result each time.
 */
export function onEveryPage(work) {
  for (const event of ["turbo:load", "turbo:render"]) {
    document.addEventListener(event, () => {
      if (!document.documentElement.hasAttribute("data-turbo-preview")) work();
    });
  }
}

/** Say something to a screen reader, once and politely. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
