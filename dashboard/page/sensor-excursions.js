// The excursions of a sensor on its page, open and past, and the dialog that acknowledges one.

import { may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure, showFormError } from "./forms.js";
import { exactDuration, time } from "./format.js";
import { CELSIUS, fromCelsius, symbolOf, temperature } from "./units.js";

const REFRESH_MS = 5_000;
const INITIAL_ROWS = 20;
const MAX_ROWS = 1_000; // the server's limit
const section = $("#sensor .excursions");
const dialog = $("#acknowledge");
const form = $("form", dialog);
const more = $(".more button", section);
let sensor = null;
let excursions = [];
let most = INITIAL_ROWS;

export function initialize() {
  onAccess(load);
  repeatWhileShown($("#sensor"), load, REFRESH_MS);
  more.addEventListener("click", () => {
    most = MAX_ROWS;
    load();
  });
  $(".cancel", dialog).addEventListener("click", () => dialog.close());
}

/** Show the excursions of a sensor. */
export function show(latest) {
  if (sensor?.sensor_id !== latest?.sensor_id) {
    excursions = [];
    most = INITIAL_ROWS;
  }
  sensor = latest;
  update("");
  load();
}

async function load() {
  if (!sensor || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/excursions?${new URLSearchParams({ sensor: id, limit: most })}`);
  if (id !== sensor?.sensor_id) return;
  if (response.ok) excursions = response.value.excursions;
  update(response.ok ? "" : `The excursions cannot be loaded: ${response.value.detail}`);
}

function update(problem) {
  const none = excursions.length ? "" : "No excursion beyond a limit.";
  const cut = excursions.length === MAX_ROWS ? `The ${MAX_ROWS} latest are shown; \`sensorctl excursion list\` has all.` : none;
  setTextWithCode($(".note", section), problem || cut);
  setVisible($(".scroll", section), excursions.length > 0);
  setVisible(more, excursions.length === most && most < MAX_ROWS);
  reconcileChildren($("tbody", section), excursions, (each) => `${each.excursion_id}`, create, fill);
}

function create() {
  const button = createElement("button", { type: "button" }, "Acknowledge …");
  const cells = ["end", "lasted", "peak", "area"].map((className) => createElement("td", { className }));
  return createElement(
    "tr",
    {},
    createElement("th", { scope: "row", className: "start" }),
    ...cells,
    createElement("td", { className: "text limit" }),
    createElement("td", { className: "text acknowledged" }, createElement("span"), " ", button),
  );
}

function fill(row, each) {
  const unit = each.rule === "rate" ? CELSIUS : (sensor.unit ?? CELSIUS);
  row.dataset.severity = each.severity;
  row.dataset.open = each.ended_at === null;
  setText($(".start", row), time(each.started_at));
  setText($(".end", row), each.ended_at === null ? "lasts" : `${time(each.ended_at)}${endOf(each)}`);
  setText($(".lasted", row), exactDuration(each.duration_seconds));
  setText($(".peak", row), each.rule === "rate" ? `${each.peak.toFixed(2)} K` : `${fromCelsius(each.peak, unit).toFixed(2)} ${symbolOf(unit)}`);
  setText($(".area", row), each.degree_minutes.toFixed(1));
  setText($(".limit", row), `${describeRule(each, unit)}, ${each.severity}`);
  const note = each.acknowledged_note ? `: ${each.acknowledged_note}` : "";
  const by = each.acknowledged_by;
  setText($(".acknowledged span", row), by ? `by ${by} at ${time(each.acknowledged_at)}${note}` : "");
  const button = $("button", row);
  button.onclick = () => ask(each);
  button.setAttribute("aria-label", `Acknowledge … excursion since ${time(each.started_at)}`);
  setVisible(button, !by && may("operator"));
}

const endOf = ({ end_reason }) => (end_reason === "recovered" ? "" : ` (${end_reason})`);

function describeRule({ rule, threshold }, unit) {
  if (rule === "rate") return `change by more than ${threshold} K`;
  return `${rule === "high" ? "above" : "below"} ${temperature(threshold, unit)}`;
}

function ask(each) {
  form.reset();
  showFormError(form, "");
  setText($(".explanation", dialog), `${describeRule(each, sensor.unit ?? CELSIUS)} since ${time(each.started_at)}. Receivers are not notified of it again until it ends.`);
  form.onsubmit = (event) => {
    event.preventDefault();
    acknowledge(each.excursion_id);
  };
  dialog.showModal();
}

async function acknowledge(id) {
  const submit = $(".submit", dialog);
  submit.disabled = true;
  const response = await sendJson(`/api/excursions/${id}/acknowledge`, { note: form.elements.note.value.trim() });
  submit.disabled = false;
  if (!response.ok) return showFormError(form, failure("acknowledged", response.value), response.value.field);
  dialog.close();
  announce("Acknowledged");
  load();
}
