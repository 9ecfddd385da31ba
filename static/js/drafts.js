// What is being written and was not sent yet survives a closed tab: forms with data-draft come back as they were left.
//
// Kept in this browser only, apart for each reader, until the form is sent or the reader logs out.

import { currentReader, onEveryPage } from "./page.js";
import { keysUnder, read, remove, write } from "./storage.js";

const drafts = () => `draft:${currentReader()}:`;

export function startDrafts() {
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.draft) keep(target.form);
  });
  document.addEventListener("turbo:submit-end", ({ target, detail }) => {
    if (target.dataset.draft && detail.success) remove(drafts() + target.dataset.draft);
  });
  document.addEventListener("submit", ({ target }) => {
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
const isUntouched = (field) => (isChoice(field) ? field.checked === field.defaultChecked : field.value === field.defaultValue);

function keep(form) {
  const values = fields(form)
    .filter((field) => !isUntouched(field))
    .map((field) => (isChoice(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
  if (values.length) write(drafts() + form.dataset.draft, values);
  else remove(drafts() + form.dataset.draft);
}

function restore(form) {
  const values = read(drafts() + form.dataset.draft);
  // A form that the server handed back with errors, or that Back brought up, holds the newer text already.
  if (!values || form.querySelector('[aria-invalid="true"], .errorlist') || !fields(form).every(isUntouched)) return;
  for (const [name, value, checked] of values) {
    for (const field of fields(form).filter((candidate) => candidate.name === name)) {
      if (!isChoice(field)) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}
