// The summary table: the view `last_hour_summary` with one row per sensor, and one row for all of them.

import { $, createElement, reconcileChildren, setText, setVisible } from "./dom.js";
import { count, degrees, duration, UNKNOWN } from "./format.js";
import { secondsSince } from "./live-state.js";
import { filteredSensors } from "./sensors.js";

const COLUMNS = [
  ["Sensor", "sensor_id", "text", String],
  ["Name", "name", "text", (value) => value ?? ""],
  ["Location", "location", "text", (value) => value ?? ""],
  ["Readings", "readings", "number", count],
  ["Min", "min_temperature", "number", degrees],
  ["Mean", "mean_temperature", "number", degrees],
  ["Max", "max_temperature", "number", degrees],
  ["Last", "last_temperature", "number", degrees],
  ["Measured", "last_measured_at", "number", (value) => `${duration(secondsSince(value))} ago`],
];
const MEASURED_INDEX = COLUMNS.length - 1;
const collator = new Intl.Collator("en", { numeric: true });
const INITIAL_ROWS = 500; // thousands would take the browser seconds, and then much of its time
const MORE_ROWS = 500;
const section = $("#summary");
const table = $("table", section);
const body = $("tbody", table);
const moreButton = $(".more button", section);
const order = { key: "sensor_id", descending: false };
let maxRows = INITIAL_ROWS;

/** `render` redraws the page after the order has changed. */
export function initialize(render) {
  const columns = COLUMNS.map(([title, key, className]) => {
    const button = createElement("button", { type: "button" }, title);
    const header = createElement("th", { scope: "col", className }, button);
    button.addEventListener("click", () => {
      Object.assign(order, { key, descending: order.key === key && !order.descending });
      showOrder(columns);
      render();
    });
    return { header, key };
  });
  $("thead tr", table).append(...columns.map(({ header }) => header));
  showOrder(columns);
  table.append(createElement("tfoot", {}, createRow("All")));
  moreButton.addEventListener("click", () => {
    const firstNew = body.children.length;
    maxRows += MORE_ROWS;
    render();
    body.children[firstNew]?.focus();
  });
}

function showOrder(columns) {
  for (const { header, key } of columns) {
    if (key === order.key) header.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
    else header.removeAttribute("aria-sort");
  }
}

function createRow(title) {
  const cells = COLUMNS.slice(1).map(([, , className]) => createElement("td", { className }));
  return createElement("tr", { tabIndex: -1 }, createElement("th", { scope: "row" }, title), ...cells);
}

export function update() {
  const sensors = filteredSensors();
  if (order.key !== "sensor_id" || order.descending) sensors.sort(compare);
  reconcileChildren(body, sensors.slice(0, maxRows), (sensor) => sensor.sensor_id, () => createRow(""), fillRow);
  const hiddenRows = sensors.length - maxRows;
  setVisible(moreButton, hiddenRows > 0);
  setText(moreButton, `Show ${count(Math.min(hiddenRows, MORE_ROWS))} more rows of ${count(hiddenRows)}`);
  fillTotals($("tfoot tr", table), sensors);
}

function compare(sensor, other) {
  const [a, b] = [sensor[order.key], other[order.key]];
  if (a === null || b === null) return (a === null) - (b === null); // unknown values come last
  const ascending = typeof a === "number" ? a - b : collator.compare(a, b);
  return order.descending ? -ascending : ascending;
}

function fillRow(row, sensor) {
  row.dataset.offline = Boolean(sensor.offline_since);
  row.dataset.measuredAt = sensor.last_measured_at;
  COLUMNS.forEach(([, key, , format], i) => setText(row.children[i], format(sensor[key])));
}

function fillTotals(row, sensors) {
  // A temperature that is not a number is unknown.
  const withReadings = sensors.filter((sensor) => sensor.readings && sensor.mean_temperature !== null);
  const readings = withReadings.reduce((sum, sensor) => sum + sensor.readings, 0);
  const sum = withReadings.reduce((total, sensor) => total + sensor.mean_temperature * sensor.readings, 0);
  const min = withReadings.reduce((low, sensor) => Math.min(low, sensor.min_temperature), Infinity);
  const max = withReadings.reduce((high, sensor) => Math.max(high, sensor.max_temperature), -Infinity);
  const temperatures = readings ? [min, sum / readings, max].map(degrees) : [UNKNOWN, UNKNOWN, UNKNOWN];
  ["", "", count(readings), ...temperatures].forEach((value, i) => setText(row.children[i + 1], value));
}

/** Update the age of each last reading, once per second. */
export function updateAges() {
  for (const row of body.children) {
    setText(row.children[MEASURED_INDEX], `${duration(secondsSince(row.dataset.measuredAt))} ago`);
  }
}
