// The anomalies of a sensor on its page, open and past, and what people say of them.

import { hint, may, onAccess } from "./account.js";
import { titleOfKind } from "./anomaly-kinds.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure } from "./forms.js";
import { time } from "./format.js";
import { CELSIUS, fromCelsius, symbolOf } from "./units.js";

const REFRESH_MS = 5_000;
const INITIAL_ROWS = 20;
const MAX_ROWS = 1_000; // the server's limit
const VERDICTS = { right: "Right", wrong: "Wrong" };
const section = $("#sensor .anomalies");
const error = $(".error", section);
const more = $(".more button", section);
let sensor = null;
let anomalies = [];
let most = INITIAL_ROWS;
let isSending = false;
let onMarked = () => {};

/** `listener()` follows each mark. */
export function initialize(listener) {
  onMarked = listener;
  onAccess(load);
  repeatWhileShown($("#sensor"), load, REFRESH_MS);
  more.addEventListener("click", () => {
    most = MAX_ROWS;
    load();
  });
}

/** Show the anomalies of a sensor. */
export function show(latest) {
  if (sensor?.sensor_id !== latest?.sensor_id) {
    anomalies = [];
    most = INITIAL_ROWS;
    setText(error, "");
  }
  sensor = latest;
  update("");
  load();
}

async function load() {
  if (!sensor || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/anomalies?${new URLSearchParams({ sensor: id, limit: most })}`);
  if (id !== sensor?.sensor_id) return;
  if (response.ok) anomalies = response.value.anomalies;
  update(response.ok ? "" : `The anomalies cannot be loaded: ${response.value.detail}`);
}

function update(problem) {
  const none = anomalies.length ? "" : "No anomaly has been found.";
  const cut = anomalies.length === MAX_ROWS ? `The ${MAX_ROWS} latest are shown; \`sensorctl anomalies\` has all.` : none;
  setTextWithCode($(".note", section), problem || cut);
  setVisible($(".scroll", section), anomalies.length > 0);
  setVisible(more, anomalies.length === most && most < MAX_ROWS);
  setTextWithCode($(".may-not", section), anomalies.length ? hint("operator") : "");
  reconcileChildren($("tbody", section), anomalies, (each) => `${each.anomaly_id}`, create, fill);
}

function create() {
  const buttons = Object.entries(VERDICTS).map(([verdict, text]) => createElement("button", { type: "button", "data-verdict": verdict }, text));
  const cells = ["kind text", "end", "observed number", "expected number", "reason text"].map((className) => createElement("td", { className }));
  const mark = createElement("td", { className: "text mark" }, createElement("span", { className: "buttons" }, ...buttons), " ", createElement("span", { className: "marked" }));
  return createElement("tr", {}, createElement("th", { scope: "row", className: "start" }), ...cells, mark);
}

function fill(row, each) {
  row.dataset.open = each.ended_at === null;
  row.dataset.verdict = each.verdict ?? "";
  setText($(".start", row), time(each.started_at));
  setText($(".kind", row), titleOfKind(each.kind));
  setText($(".end", row), each.ended_at === null ? "lasts" : time(each.ended_at));
  setText($(".observed", row), shown(each.observed));
  setText($(".expected", row), `${shown(each.expected)} (${number(each.lower)} to ${number(each.upper)})`);
  setText($(".reason", row), each.reason);
  const note = each.note ? `: ${each.note}` : "";
  setText($(".marked", row), each.verdict ? `${each.verdict}, by ${each.marked_by} at ${time(each.marked_at)}${note}` : "");
  for (const button of row.querySelectorAll("button")) fillButton(button, each);
}

function fillButton(button, each) {
  const { verdict } = button.dataset;
  button.onclick = () => mark(each, each.verdict === verdict ? null : verdict);
  button.setAttribute("aria-pressed", each.verdict === verdict);
  button.setAttribute("aria-label", `${VERDICTS[verdict]}: ${titleOfKind(each.kind)} since ${time(each.started_at)}`);
  setVisible(button, may("operator"));
}

const unitOf = () => sensor.unit ?? CELSIUS;
const number = (celsius) => fromCelsius(celsius, unitOf()).toFixed(2);
const shown = (celsius) => `${number(celsius)} ${symbolOf(unitOf())}`;

/** Mark an anomaly; null takes the mark back. A note that someone wrote stays. */
async function mark({ anomaly_id, note }, verdict) {
  if (isSending) return;
  isSending = true; // a button that is disabled meanwhile would lose the focus
  setText(error, "");
  const response = await sendJson(`/api/anomalies/${anomaly_id}/mark`, { verdict, note: note ?? "" });
  isSending = false;
  if (!response.ok) return setText(error, failure("marked", response.value));
  announce(verdict ? `Marked as ${verdict}` : "The mark was taken back");
  await load();
  onMarked();
}
