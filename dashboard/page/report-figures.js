// The figures of a report: a row for each of its sensors.

import { createElement } from "./dom.js";
import { count, degrees, exactDuration, UNKNOWN } from "./format.js";

const percent = (share) => (share === null ? UNKNOWN : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`);
const COLUMNS = {
  Readings: (sensor) => count(sensor.readings),
  Coverage: (sensor) => percent(sensor.coverage),
  "Min °C": (sensor) => degrees(sensor.minimum),
  "Mean °C": (sensor) => degrees(sensor.mean),
  "Max °C": (sensor) => degrees(sensor.maximum),
  "MKT °C": (sensor) => degrees(sensor.mean_kinetic_temperature),
  Excursions: (sensor) => count(sensor.excursions),
  Outside: (sensor) => (sensor.seconds_outside === null ? UNKNOWN : exactDuration(sensor.seconds_outside)),
  Gaps: (sensor) => count(sensor.gaps),
};

/** Append the table of a report's figures. */
export function fillFigures(element, { title, summary }) {
  const head = createElement("tr", {}, createElement("th", { scope: "col" }, "Sensor"));
  head.append(...Object.keys(COLUMNS).map((name) => createElement("th", { scope: "col", className: "number" }, name)));
  const rows = (summary.sensors ?? []).map(createRow);
  const table = createElement("table", { "aria-label": `Figures of ${title}` }, createElement("thead", {}, head), createElement("tbody", {}, ...rows));
  element.append(createElement("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `Figures of ${title}` }, table));
}

function createRow(sensor) {
  const name = sensor.name ? `${sensor.name} (${sensor.sensor_id})` : sensor.sensor_id;
  const cells = Object.values(COLUMNS).map((text) => createElement("td", { className: "number" }, text(sensor)));
  return createElement("tr", { "data-outside": sensor.excursions > 0 }, createElement("th", { scope: "row" }, name), ...cells);
}
