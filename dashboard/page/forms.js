// What forms have in common: a refusal is shown at its field, and what was typed stays.

import { $, setText } from "./dom.js";

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
export const refusal = ({ detail }) => detail.replace(/^body\.\w+: /, "");

/** Why something was not `done`, such as saved; without the response to it, that this is not known. */
export const failure = (done, problem) =>
  problem.outcome_unknown ? `It is not known whether it was ${done}: ${refusal(problem)}` : `Not ${done}: ${refusal(problem)}`;

/** Say which field has something else than a number or a time; false if none has. */
export function refuseBadInput(form) {
  const bad = [...form.elements].find((element) => element.validity?.badInput);
  if (bad) showFormError(form, `${bad.labels[0].firstChild.textContent.trim()} must be a number or a time.`, bad.name);
  return Boolean(bad);
}
