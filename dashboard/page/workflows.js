// The view of all workflows, newest first, and of what they come from and who executes them.

import * as account from "./account.js";
import { readRows, requestJson } from "./api.js";
import * as backfill from "./backfill.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setVisible } from "./dom.js";
import { time } from "./format.js";
import { addressOf, addView, replaceParameters } from "./router.js";
import * as schedules from "./schedules.js";
import * as sources from "./sources.js";
import * as workers from "./workers.js";
import { fieldsOf, fillPill, jobsOf, progressOf, requesterOf, tookOf } from "./workflow-text.js";

const REFRESH_MS = 2_000;
const PAGE_SIZE = 50;
const view = $("#workflows");
const section = $(".list", view);
const filters = $("form.filters", section);
const more = $(".more button", section);
let workflows = [];
let rowsToShow = PAGE_SIZE; // how many to show; more with each press of the button
let hasMore = false;
let isShown = false;
let isLoading = false;

export function initialize() {
  addView("workflows", view, show, hide);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("change", onFilter);
  more.addEventListener("click", showMore);
  repeatWhileShown(view, refresh, REFRESH_MS);
  account.onAccess(onAccess);
  backfill.initialize(refresh);
}

/** An installation without workflows has no link to them. */
async function onAccess() {
  if (!account.may("viewer")) return;
  if (isShown) refresh();
  const [known, defined] = await Promise.all([requestJson("/api/workflows?limit=1"), requestJson("/api/sources")]);
  const has = (response, name) => response.ok && response.value[name].length > 0;
  setVisible($("#workflows-link"), has(known, "workflows") || has(defined, "sources"));
}

function show({ parameters }) {
  isShown = true;
  for (const name of ["state", "kind"]) filters.elements[name].value = parameters.get(name) ?? "";
  rowsToShow = PAGE_SIZE;
  refresh();
  return "Workflows · Sensors";
}

function hide() {
  isShown = false;
}

function onFilter() {
  replaceParameters(Object.fromEntries([...selected()]));
  rowsToShow = PAGE_SIZE;
  refresh();
}

/** The filters that are set, as parameters. */
const selected = () => new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));

async function refresh() {
  if (isLoading || !account.may("viewer")) return;
  isLoading = true;
  await Promise.all([load(), sources.load(), schedules.load(), workers.load()]);
  isLoading = false;
}

/** Load all pages that are shown: each new workflow moves the others. */
async function load() {
  const query = `${selected()}`;
  const found = await readRows(request, "workflows", rowsToShow);
  if (query !== `${selected()}` || found === null) return;
  workflows = found.rows;
  hasMore = found.hasMore;
  update();
}

function showMore() {
  rowsToShow += PAGE_SIZE;
  load();
}

async function request(before = null) {
  const parameters = new URLSearchParams([...selected(), ["limit", PAGE_SIZE], ...(before ? [["cursor", before]] : [])]);
  const response = await requestJson(`/api/workflows?${parameters}`);
  setText($(".note", section), response.ok ? "" : `The workflows cannot be loaded: ${response.value.detail}`);
  return response.ok ? response.value : null;
}

function update() {
  if (!workflows.length) setText($(".note", section), `${selected()}` ? "No workflow matches." : "No workflow has been requested.");
  setVisible($(".scroll", section), workflows.length > 0);
  setVisible(more, hasMore);
  reconcileChildren($("tbody", section), workflows, (each) => each.workflow_id, create, fill);
}

function create(workflow) {
  const link = createElement("a", { href: addressOf("workflow", workflow.workflow_id) }, workflow.kind);
  const cells = ["spec text", "state", "jobs", "progress", "took number", "requested", "failure text"].map((className) =>
    createElement("td", { className }),
  );
  cells[1].append(createElement("span", { className: "pill" }));
  return createElement("tr", {}, createElement("th", { scope: "row" }, link), ...cells);
}

function fill(row, workflow) {
  fillPill($(".pill", row), workflow);
  setText($(".spec", row), fieldsOf(workflow.spec));
  setText($(".jobs", row), jobsOf(workflow));
  setText($(".progress", row), progressOf(workflow));
  setText($(".took", row), tookOf(workflow));
  setText($(".requested", row), `${time(workflow.requested_at)} by ${requesterOf(workflow)}`);
  setText($(".failure", row), workflow.error ?? "");
}
