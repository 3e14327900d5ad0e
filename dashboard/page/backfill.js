// The form that requests the history of a source; first it shows what would be fetched.

import * as account from "./account.js";
import { createRepeatableSender } from "./api.js";
import { $, createElement, setText, setTextWithCode, setVisible } from "./dom.js";
import { quantity, time } from "./format.js";
import { failure, refusal, refuseBadInput, showFormError } from "./forms.js";
import { addressOf } from "./router.js";
import { onNames } from "./sources.js";

const requestBackfill = createRepeatableSender("/api/backfills");
const section = $("#backfill");
const form = $("form", section);
const submit = $("button[type=submit]", form);
let isSending = false;
let planned = null; // the request whose plan is shown

export function initialize() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isSending && !refuseBadInput(form)) send();
  });
  form.addEventListener("input", () => showPlan(null));
  onNames(fillSources);
  account.onAccess(update);
  showPlan(null);
}

function update() {
  setTextWithCode($(".may-not", form), account.hint("operator"));
  submit.disabled = !account.may("operator");
}

function fillSources(names) {
  const { source } = form.elements;
  const before = source.value;
  source.replaceChildren(...names.map((name) => createElement("option", {}, name)));
  if (names.includes(before)) source.value = before;
  setVisible(section, names.length > 0);
}

/** Why the form cannot be sent, with the field; null if it can. */
function problem() {
  const { from, to } = form.elements;
  if (!from.value) return ["Enter from when on to fetch.", "from"];
  if (!to.value) return ["Enter until when to fetch.", "to"];
  return from.value >= to.value ? ["The period must start before it ends.", "from"] : null;
}

/** What the form requests; days are those of UTC. */
function request() {
  const { source, from, to, chunk, again, newest_first, revise } = form.elements;
  return {
    source: source.value,
    from: `${from.value}Z`,
    to: `${to.value}Z`,
    ...(chunk.value ? { chunk: `P${chunk.value}D` } : {}),
    again: again.value,
    newest_first: newest_first.checked,
    revise: revise.checked,
  };
}

async function send() {
  const [message, field] = problem() ?? ["", null];
  showFormError(form, message, field);
  if (message) return;
  const body = request();
  const isPlanned = planned !== null && JSON.stringify(planned) === JSON.stringify(body);
  isSending = true;
  const response = await requestBackfill({ ...body, dry_run: !isPlanned });
  isSending = false;
  if (!response.ok) return showFormError(form, isPlanned ? failure("requested", response.value) : refusal(response.value), /^body\.(\w+)/.exec(response.value.field ?? "")?.[1]);
  if (!isPlanned) return showPlan(body, response.value);
  showPlan(null);
  if (response.value.workflow_id) location.hash = addressOf("workflow", response.value.workflow_id);
}

/** Show what would be fetched, so that the next submission requests it; null: nothing is planned. */
function showPlan(body, plan = null) {
  planned = plan?.jobs ? body : null;
  setText(submit, planned ? `Fetch ${quantity(plan.jobs, "chunk")}` : "Show what would be fetched");
  setText($(".plan", form), plan === null ? "" : describe(plan));
}

function describe({ jobs, chunks, covered, active, failed }) {
  const left = Object.entries({ "fetched before": covered, "being fetched": active, "failed before": failed })
    .filter(([, periods]) => periods.length)
    .map(([reason, periods]) => `${periodsOf(periods)} (${reason})`);
  const omitted = left.length ? ` Left out: ${left.join("; ")}.` : "";
  if (!jobs) return `There is nothing to fetch.${omitted}`;
  return `${quantity(jobs, "chunk")}, the first ${periodsOf(chunks.slice(0, 1))}.${omitted}`;
}

const periodsOf = (periods) => periods.map((period) => `${time(period.from)} to ${time(period.to)}`).join(", ");
