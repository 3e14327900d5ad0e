// The summary table: the view `last_hour_summary`, a row a sensor, and one over all.

import { $, el, keyed, say } from "./dom.js";
import { count, degrees, NONE, span } from "./format.js";
import { secondsSince } from "./live.js";
import { chosen } from "./sensors.js";

const COLUMNS = [
  ["Sensor", "sensor_id", "text", String],
  ["Name", "name", "text", (value) => value ?? ""],
  ["Location", "location", "text", (value) => value ?? ""],
  ["Readings", "readings", "number", count],
  ["Min", "min_temperature", "number", degrees],
  ["Mean", "mean_temperature", "number", degrees],
  ["Max", "max_temperature", "number", degrees],
  ["Last", "last_temperature", "number", degrees],
  ["Measured", "last_measured_at", "number", (value) => `${span(secondsSince(value))} ago`],
];
const MEASURED = COLUMNS.length - 1;
const natural = new Intl.Collator("en", { numeric: true });
const table = $("#summary table");
const body = $("tbody", table);
const order = { key: "sensor_id", down: false };

/** `redraw` draws the page anew when somebody wants another order. */
export function start(redraw) {
  const heads = COLUMNS.map(([title, key, kind]) => {
    const button = el("button", { type: "button" }, title);
    const head = el("th", { scope: "col", className: kind }, button);
    button.addEventListener("click", () => {
      Object.assign(order, { key, down: order.key === key && !order.down });
      sorted(heads);
      redraw();
    });
    return { head, key };
  });
  $("thead tr", table).append(...heads.map(({ head }) => head));
  sorted(heads);
  table.append(el("tfoot", {}, cells("tr", "All")));
}

function sorted(heads) {
  for (const { head, key } of heads) {
    if (key === order.key) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function cells(tag, title) {
  const head = el("th", { scope: "row" }, title);
  return el(tag, {}, head, ...COLUMNS.slice(1).map(([, , kind]) => el("td", { className: kind })));
}

export function update() {
  const sensors = chosen();
  if (order.key !== "sensor_id" || order.down) sensors.sort(compare);
  keyed(body, sensors, (sensor) => sensor.sensor_id, () => cells("tr", ""), fill);
  fillAll($("tfoot tr", table), sensors);
}

function compare(one, other) {
  const [a, b] = [one[order.key], other[order.key]];
  if (a === null || b === null) return (a === null) - (b === null); // what is not known comes last
  const ascending = typeof a === "number" ? a - b : natural.compare(a, b);
  return order.down ? -ascending : ascending;
}

function fill(row, sensor) {
  row.dataset.silent = Boolean(sensor.offline_since);
  row.dataset.measured = sensor.last_measured_at;
  COLUMNS.forEach(([, key, , write], i) => say(row.children[i], write(sensor[key])));
}

function fillAll(row, sensors) {
  const heard = sensors.filter((sensor) => sensor.readings);
  const readings = heard.reduce((sum, sensor) => sum + sensor.readings, 0);
  const total = heard.reduce((sum, sensor) => sum + sensor.mean_temperature * sensor.readings, 0);
  const lowest = heard.reduce((low, sensor) => Math.min(low, sensor.min_temperature), Infinity);
  const highest = heard.reduce((high, sensor) => Math.max(high, sensor.max_temperature), -Infinity);
  const values = ["", "", count(readings)].concat(readings ? [lowest, total / readings, highest].map(degrees) : [NONE, NONE, NONE]);
  values.forEach((value, i) => say(row.children[i + 1], value));
}

/** Once a second: how old each last value is. */
export function tick() {
  for (const row of body.children) say(row.children[MEASURED], `${span(secondsSince(row.dataset.measured))} ago`);
}

