// The view of reports: the files of each with its figures, and the form that requests one.

import * as account from "./account.js";
import { readRows, requestJson } from "./api.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { count, quantity, time } from "./format.js";
import * as files from "./report-files.js";
import { fillFigures } from "./report-figures.js";
import * as form from "./report-form.js";
import { addressOf, addView } from "./router.js";
import * as schedules from "./schedules.js";

const REFRESH_MS = 2_000;
const RETRY_MS = 5_000;
const PAGE_SIZE = 100; // files, of which a report has one for each format
const KB = 1_000;
const view = $("#reports");
const section = $(".list", view);
const more = $(".more button", section);
let reportFiles = [];
let rowsToShow = PAGE_SIZE; // how many to show; more with each press of the button
let hasMore = false;
let isLoading = false;

export function initialize() {
  addView("reports", view, show);
  more.addEventListener("click", showMore);
  repeatWhileShown(view, refresh, REFRESH_MS);
  account.onAccess(onAccess);
  form.initialize(refresh);
}

function onAccess() {
  if (!account.may("viewer")) return;
  if (!view.hidden) show();
  showLink();
}

/** An installation without reports, and without a service that makes some, has no link to them. */
async function showLink() {
  if (!account.may("viewer")) return;
  const [known, seen] = await Promise.all([requestJson("/api/reports?limit=1"), requestJson("/api/workers")]);
  const hasReporter = seen.ok && seen.value.workers.some(({ kinds }) => kinds.includes("report"));
  setVisible($("#reports-link"), hasReporter || (known.ok && known.value.reports.length > 0));
  if ([known, seen].some(({ status }) => status === 0 || status >= 500)) setTimeout(showLink, RETRY_MS);
}

function show() {
  rowsToShow = PAGE_SIZE;
  refresh();
  if (account.may("viewer")) form.offerPresets();
  return "Reports · Sensors";
}

async function refresh() {
  if (isLoading || !account.may("viewer")) return;
  isLoading = true;
  form.offerSensors();
  await Promise.all([load(), files.load(), schedules.loadOfReports()]);
  isLoading = false;
}

/** Load all pages that are shown: each new report moves the others. */
async function load() {
  const found = await readRows(request, "reports", rowsToShow);
  if (found === null) return;
  reportFiles = found.rows;
  hasMore = found.hasMore;
  update();
}

function showMore() {
  rowsToShow += PAGE_SIZE;
  load();
}

async function request(before = null) {
  const parameters = new URLSearchParams([["limit", PAGE_SIZE], ...(before ? [["cursor", before]] : [])]);
  const response = await requestJson(`/api/reports?${parameters}`);
  setText($(".note", section), response.ok ? "" : `The reports cannot be loaded: ${response.value.detail}`);
  return response.ok ? response.value : null;
}

function update() {
  const reports = Map.groupBy(reportFiles, (file) => file.job_id);
  if (!reports.size) setTextWithCode($(".note", section), "None yet. Make one above, or with `sensorctl report`.");
  setVisible($("ul", section), reports.size > 0);
  setVisible(more, hasMore);
  reconcileChildren($("ul", section), [...reports.values()], ([file]) => file.job_id, create, fill);
}

function create([file]) {
  const title = createElement("h3", {}, createElement("a", { href: addressOf("workflow", file.workflow_id) }, file.title));
  const figures = createElement("details", {}, createElement("summary", {}, "Figures"));
  figures.addEventListener("toggle", () => figures.open && fillFigures(figures, file), { once: true });
  const parts = ["extent", "made hint", "files"].map((className) => createElement("p", { className }));
  const label = `Show ${file.title} as PDF in a new tab`;
  const link = createElement("a", { target: "_blank", rel: "noopener", "aria-label": label }, "Show the PDF in a new tab");
  const preview = createElement("details", { className: "preview" }, createElement("summary", {}, "Preview"), link);
  const frame = () => createElement("iframe", { title: `PDF of ${file.title}`, src: link.href });
  preview.addEventListener("toggle", () => preview.open && preview.append(frame()), { once: true });
  return createElement("li", {}, title, ...parts, preview, figures);
}

function fill(item, files) {
  const [{ period_start, period_end, sensors, made_at, requested_by }] = files;
  setText($(".extent", item), `${time(period_start)} to ${time(period_end)}, ${namesOf(sensors)}`);
  setText($(".made", item), `made ${time(made_at)} for ${requested_by}`);
  reconcileChildren($(".files", item), files.toSorted((a, b) => a.format.localeCompare(b.format)), (file) => file.report_id, createFile);
  const pdf = files.find(({ format }) => format === "pdf");
  setVisible($(".preview", item), pdf !== undefined);
  if (pdf) $(".preview a", item).href = `${addressOfFile(pdf)}?inline=true`;
}

const MAX_NAMES = 5;

const namesOf = (sensors) =>
  sensors.length > MAX_NAMES
    ? `${sensors.slice(0, MAX_NAMES).join(", ")} and ${quantity(sensors.length - MAX_NAMES, "more sensor")}`
    : `${sensors.length === 1 ? "sensor" : "sensors"} ${sensors.join(", ")}`;

const addressOfFile = ({ report_id }) => `/api/reports/${report_id}/content`;

function createFile(file) {
  const { format, name, bytes, title } = file;
  const size = bytes < KB ? `${bytes} bytes` : `${count(Math.round(bytes / KB))} kB`;
  const label = `${format.toUpperCase()} of ${title}, ${size}`;
  return createElement("a", { href: addressOfFile(file), download: name, title: name, "aria-label": label }, `${format.toUpperCase()} (${size})`);
}
