// What forms have in common: a refusal is shown at its field, and what was typed stays.

import { $, setText } from "./dom.js";

const PRESSED_ONCE = "button[type=submit], .actions button";

/** Ignore the second press of a double click: the form is empty by then, or its button does something else. */
export function ignoreDoubleClicks() {
  const ignore = (event) => {
    if (event.detail < 2 || !event.target.closest(PRESSED_ONCE)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", ignore, { capture: true });
}

/** Show what was refused, at its field if that is known; an empty message removes it. */
export function showFormError(form, message, field = null) {
  const error = $(".error", form);
  setText(error, "");
  for (const element of form.elements) {
    element.removeAttribute("aria-invalid");
    element.removeAttribute("aria-errormessage");
  }
  const found = field ? form.elements[field] : null;
  const input = found?.closest("[hidden]") ? null : found;
  if (!input) $(".bar", form).before(error);
  setText(error, message);
  if (!input) return;
  const details = input.closest("details");
  if (details) details.open = true;
  (input.closest("label") ?? input).after(error);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-errormessage", error.id);
  input.focus();
}

/** What the server refused, without the path of the field at which it is shown. */
export const refusal = ({ detail }) => detail.replace(/^body(\.\w+)?: /, "");

/** Why something was not `done`, such as saved; without the response to it, that this is not known. */
export const failure = (done, problem) =>
  problem.outcome_unknown ? `It is not known whether it was ${done}: ${refusal(problem)}` : `Not ${done}: ${refusal(problem)}`;

const DECIMAL = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d{1,2})?$/i;
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const EXPECTED = { number: "a whole number, 1 or more", time: "a time of day", "datetime-local": "a date and a time" };

/** Whether a field is of a number with decimals. It is a text, since Chromium leaves out a comma: 21,5 would become 215. */
const isDecimal = (element) => "decimal" in element.dataset;

const isBadDecimal = (text) => text !== "" && (!DECIMAL.test(text) || THOUSANDS.test(text));

/** The number in a field of a number, with a point or a comma; null if it is empty. */
export function numberIn(element) {
  const text = element.value.trim();
  return text === "" ? null : Number(text.replace(",", "."));
}

/** Say which field has something else than a number or a time; false if none has. */
export function refuseBadInput(form) {
  const isBad = (element) => (isDecimal(element) ? isBadDecimal(element.value.trim()) : element.validity?.valid === false);
  const bad = [...form.elements].find(isBad);
  if (!bad) return false;
  const expected = isDecimal(bad) ? "a number, such as 21.5" : (EXPECTED[bad.type] ?? "shorter");
  showFormError(form, `${bad.labels[0].firstChild.textContent.trim()} must be ${expected}.`, bad.name);
  return true;
}
