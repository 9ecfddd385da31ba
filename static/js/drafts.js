// What is being written and was not sent yet survives a closed tab: forms with data-draft come back as they were left.
//
// Kept in this browser only, apart for each reader, until the form is sent or the reader logs out.

import { currentReader, onEveryPage, wasTaken } from "./page.js";
import { keysUnder, read, remove, write } from "./storage.js";

const drafts = () => `draft:${currentReader()}:`;

export function startDrafts() {
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.draft) keep(target.form);
  });
  // Once more before it goes: logging out in another tab has wiped the drafts, and the answer may be a refusal.
  document.addEventListener("submit", ({ target }) => target.dataset.draft && keep(target), { capture: true });
  document.addEventListener("turbo:submit-end", ({ target, detail }) => {
    if (!wasTaken(detail)) return;
    if (target.dataset.draft) remove(drafts() + target.dataset.draft);
    if (!target.hasAttribute("data-leaving")) return;
    for (const name of keysUnder(drafts())) remove(drafts() + name);
  });
  onEveryPage(() => {
    for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  });
}

function fields(form) {
  return Array.from(form.elements).filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
}

const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
const wasHandedBack = (form) => form.querySelector('[aria-invalid="true"], .errorlist') !== null;

function isUntouched(field) {
  if (isChoice(field)) return field.checked === field.defaultChecked;
  if (field.type !== "select-one") return field.value === field.defaultValue;
  const options = Array.from(field.options);
  return field.value === (options.find((option) => option.defaultSelected) ?? options[0]).value;
}

// The key goes with the words: sent again after an answer that was lost on its way, they are the same log still.
const requestKey = (form) => form.elements.namedItem("request_key");

function keep(form) {
  // In a form handed back with errors, what is there by default is the reader's own as well.
  const values = fields(form)
    .filter((field) => wasHandedBack(form) || !isUntouched(field))
    .map((field) => (isChoice(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
  const key = requestKey(form);
  if (values.length) write(drafts() + form.dataset.draft, key ? [...values, [key.name, key.value]] : values);
  else remove(drafts() + form.dataset.draft);
}

function restore(form) {
  const values = read(drafts() + form.dataset.draft);
  // A form that the server handed back with errors, or that Back brought up, holds the newer text already.
  if (!values || wasHandedBack(form) || !fields(form).every(isUntouched)) return;
  const fold = form.closest("details");
  if (fold) fold.open = true;
  for (const [name, value, checked] of values) {
    for (const field of [...fields(form), requestKey(form)].filter((candidate) => candidate?.name === name)) {
      if (!isChoice(field)) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}
