// The view of one workflow: its state, its jobs, and everything that happened to it.

import * as account from "./account.js";
import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { count, time, UNKNOWN } from "./format.js";
import { addressOf, addView } from "./router.js";
import { showActions } from "./workflow-actions.js";
import { showQuestion } from "./workflow-question.js";
import { detailOf, fieldsOf, fillPill, hasEnded, jobsOf, noteOf, pillOf, progressOf, requesterOf, tookOf } from "./workflow-text.js";

const REFRESH_MS = 2_000;
const PAGE_SIZE = 1_000; // the server's limits
const MAX_EVENTS = 20_000; // so that the timeline of a backfill of years stays usable
const MAX_JOBS = 1_000;
// Event IDs are given before the commit, so an event may appear after one with a higher ID, this much later at most.
const SETTLING_MS = 65_000;
const section = $("#workflow");
const timeline = $(".timeline", section);
let id = null;
let workflow = null;
let settledId = 0; // of the events up to it none appears any more
const receivedAt = new Map(); // of the events after it, by ID
let isLoading = false;
let needsReload = false;

export function initialize() {
  addView("workflow", section, show, hide);
  repeatWhileShown(section, refresh, REFRESH_MS);
  account.onAccess(() => id && load());
}

function show({ id: latest }) {
  if (id !== latest) {
    [id, workflow, settledId] = [latest, null, 0];
    receivedAt.clear();
    timeline.replaceChildren();
    setVisible($(".loaded", section), false);
    setText($(".error", section), "");
    setText($(".note", section), "Loading …");
  }
  load();
  return "Workflow · Sensors";
}

function hide() {
  id = null;
}

function refresh() {
  if (workflow === null || !hasEnded(workflow) || receivedAt.size) load();
}

/** Load the workflow and what happened since the last time; a call meanwhile loads once more afterwards. */
async function load() {
  if (isLoading) return void (needsReload = true);
  isLoading = true;
  do {
    needsReload = false;
    await loadOnce(id);
  } while (needsReload && id);
  isLoading = false;
}

async function loadOnce(requested) {
  if (!requested || !account.may("viewer")) return;
  const path = `/api/workflows/${encodeURIComponent(requested)}`;
  const response = await requestJson(`${path}?limit=${MAX_JOBS}`);
  if (requested !== id) return void (needsReload = true);
  setText($(".note", section), response.ok ? "" : `The workflow cannot be loaded: ${response.value.detail}`);
  if (!response.ok) return;
  workflow = response.value;
  fill();
  await loadEvents(requested, path);
}

async function loadEvents(requested, path) {
  let isComplete = false;
  while (!isComplete && timeline.children.length < MAX_EVENTS) {
    const response = await requestJson(`${path}/events?${new URLSearchParams({ after: settledId, limit: PAGE_SIZE })}`);
    if (requested !== id || !response.ok) return;
    const { events } = response.value;
    for (const event of events) if (!receivedAt.has(event.event_id)) insertEvent(event);
    isComplete = events.length < PAGE_SIZE;
    settle(isComplete ? settledBy(performance.now() - SETTLING_MS) : events.at(-1).event_id);
  }
  const number = timeline.children.length;
  const cut = `The first ${count(number)} events are shown; \`sensorctl workflow events ${requested}\` has all.`;
  setTextWithCode($(".cut", section), number >= MAX_EVENTS ? cut : "");
}

/** Show an event in its place, which is the last one unless it appears late. */
function insertEvent(event) {
  receivedAt.set(event.event_id, performance.now());
  let next = null;
  for (let before = timeline.lastElementChild; before && Number(before.dataset.id) > event.event_id; before = before.previousElementSibling) next = before;
  timeline.insertBefore(createEvent(event), next);
}

/** The last event that was received before a moment. */
const settledBy = (moment) => Math.max(settledId, ...[...receivedAt].filter(([, at]) => at < moment).map(([eventId]) => eventId));

function settle(eventId) {
  settledId = eventId;
  for (const known of receivedAt.keys()) if (known <= settledId) receivedAt.delete(known);
}

function fill() {
  setVisible($(".loaded", section), true);
  setText($("h2 .kind", section), `${workflow.kind} workflow`);
  fillPill($("h2 .pill", section), workflow);
  const facts = {
    Specification: fieldsOf(workflow.spec) || UNKNOWN,
    Requested: `${time(workflow.requested_at)} by ${requesterOf(workflow)}`,
    [hasEnded(workflow) ? "Took" : "Runs for"]: tookOf(workflow) || "not started",
    Jobs: jobsOf(workflow),
    Progress: progressOf(workflow) || UNKNOWN,
    ...(workflow.error ? { Error: workflow.error } : {}),
  };
  reconcileChildren($("dl", section), Object.entries(facts), ([name]) => name, createFact, (fact, [, text]) => setText($("dd", fact), text));
  fillOrigin();
  showActions($(".actions", section), workflow, onChange);
  showQuestion(workflow, load);
  setTextWithCode($(".may-not", section), account.hint("operator"));
  const shown = workflow.jobs.length;
  setText($(".jobs-note", section), shown === MAX_JOBS ? `The first ${count(MAX_JOBS)} jobs are shown.` : "");
  reconcileChildren($(".jobs tbody", section), workflow.jobs, (job) => job.job_id, createJob, fillJob);
}

function fillOrigin() {
  const link = $(".rerun-of", section);
  setVisible(link, workflow.rerun_of !== null);
  if (workflow.rerun_of) link.href = addressOf("workflow", workflow.rerun_of);
}

function onChange(problem) {
  setText($(".error", section), problem ?? "");
  load();
}

const createFact = ([name]) => createElement("div", {}, createElement("dt", {}, name), createElement("dd"));

function createJob(job) {
  const cells = ["state", "attempt number", "worker", "progress", "took number", "note text"].map((className) =>
    createElement("td", { className }),
  );
  cells[0].append(createElement("span", { className: "pill" }));
  const what = job.kind === "rest" && job.spec.from ? `${time(job.spec.from)} to ${time(job.spec.to)}` : job.kind;
  return createElement("tr", {}, createElement("th", { scope: "row" }, `${job.position} `, createElement("span", { className: "hint" }, what)), ...cells);
}

function fillJob(row, job) {
  fillPill($(".pill", row), job);
  setText($(".attempt", row), job.attempt ? `${job.attempt}` : "");
  setText($(".worker", row), job.lease_owner ?? "");
  setText($(".progress", row), progressOf(job));
  setText($(".took", row), tookOf(job));
  setText($(".note", row), noteOf(job));
}

function createEvent(event) {
  const job = event.job_id === null ? null : workflow.jobs.find((each) => each.job_id === event.job_id);
  const attempt = event.attempt ? `, attempt ${event.attempt}` : "";
  const subject = event.job_id === null ? "" : `Job ${job?.position ?? UNKNOWN}${attempt}: `;
  const isOther = event.state && event.state !== event.event && event.event !== "progress";
  const detail = detailOf(event);
  return createElement(
    "li",
    { "data-id": event.event_id, "data-event": event.event, "data-state": pillOf(event.state ?? event.event) },
    createElement("time", { dateTime: event.at }, time(event.at)),
    createElement(
      "p",
      {},
      subject,
      createElement("strong", {}, event.event.replaceAll("-", " ")),
      `${isOther ? `, now ${event.state}` : ""}${detail ? `: ${detail}` : ""}`,
      createElement("span", { className: "hint" }, ` by ${event.actor}`),
    ),
  );
}
