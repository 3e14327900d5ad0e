// The last hour of each sensor: a chart with its minimum, mean and maximum, drawn while it is in view.

import { Chart, TENTHS } from "./charts.js";
import { $, createElement, reconcileChildren, setText, setVisible } from "./dom.js";
import { count, degrees, duration, hourAndMinute, interval, quantity, time } from "./format.js";
import { toColumns } from "./history-columns.js";
import { secondsSince, serverNow, state } from "./live-state.js";
import * as minutes from "./minutes.js";
import { addressOf } from "./router.js";

const INITIAL_CARDS = 12;
const MORE_CARDS = 48;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const CHART_HEIGHT = 120;
const MAX_OFFLINE = 200; // thousands would take the browser seconds

const section = $("#sensors");
const list = $(".cards", section);
const filterInput = $("#filter");
const offlineOnly = $("#offline-only");
const moreButton = $(".more button", section);
const collator = new Intl.Collator("en", { numeric: true });
const byId = (a, b) => collator.compare(a.sensor_id, b.sensor_id);
let maxCards = INITIAL_CARDS;

/** The sensors that match the filter, ordered by ID. */
export function filteredSensors() {
  const text = filterInput.value.trim().toLowerCase();
  return [...state.sensors.values()]
    .filter((sensor) => !offlineOnly.checked || sensor.offline_since)
    .filter(({ sensor_id, name, location }) => `${sensor_id} ${name ?? ""} ${location ?? ""}`.toLowerCase().includes(text))
    .sort(byId);
}

/** `render` redraws the page after the filter has changed. */
export function initialize(render) {
  for (const input of [filterInput, offlineOnly]) {
    input.addEventListener("input", () => {
      maxCards = INITIAL_CARDS;
      render();
    });
  }
  moreButton.addEventListener("click", () => {
    const firstNew = list.children.length;
    maxCards += MORE_CARDS;
    render();
    list.children[firstNew]?.focus();
  });
}

const viewObserver = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) drawChart(target);
      else removeChart(target);
    }
  },
  { rootMargin: "200px" },
);

export function update(isComplete) {
  const sensors = filteredSensors();
  updateNote(sensors);
  updateOfflineList();
  for (const card of [...list.children].slice(maxCards)) removeChart(card);
  reconcileChildren(list, sensors.slice(0, maxCards), (sensor) => sensor.sensor_id, create, fill);
  const hiddenCards = sensors.length - maxCards;
  setVisible(moreButton, hiddenCards > 0);
  setText(moreButton, `Show ${Math.min(hiddenCards, MORE_CARDS)} more of ${hiddenCards}`);
  if (isComplete) minutes.refresh();
}

function updateNote(sensors) {
  const total = state.sensors.size;
  setText($(".count", section), sensors.length === total ? `${total}` : `${sensors.length} of ${total}`);
  const text = noteFor(sensors.length, total);
  setText($(".note", section), text);
  setVisible($(".note", section), text !== "");
  document.body.dataset.sensors = state.sensorsCurrent ? "current" : "stale";
}

function noteFor(matching, total) {
  if (!state.sensorsCurrent) {
    return state.sensorsAt === null
      ? "The database does not answer, so the sensors are unknown."
      : `The database does not answer. The sensors are shown as of ${time(state.sensorsAt)}.`;
  }
  if (!total) return "No sensor has sent a reading yet.";
  return matching ? "" : "No sensor matches the filter.";
}

function updateOfflineList() {
  const offline = [...state.sensors.values()].filter((sensor) => sensor.offline_since).sort(byId);
  setVisible($("#offline"), offline.length > 0);
  setText($("#offline h3"), `Offline: ${count(offline.length)}`);
  const rest = offline.length - MAX_OFFLINE;
  setVisible($("#offline .rest"), rest > 0);
  setText($("#offline .rest"), `and ${count(rest)} more: select “offline only” to see all in the summary.`);
  const createItem = () => createElement("li", {}, createElement("b"), createElement("span"));
  reconcileChildren($("#offline ul"), offline.slice(0, MAX_OFFLINE), (sensor) => sensor.sensor_id, createItem, (item, sensor) => {
    setText(item.firstChild, titleOf(sensor));
    const usual = sensor.interval_seconds ? `, usual interval ${interval(sensor.interval_seconds)}` : "";
    const last = `last reading ${degrees(sensor.last_temperature)} °C`;
    setText(item.lastChild, ` since ${time(sensor.offline_since)}${usual}, ${last}`);
  });
}

const titleOf = ({ sensor_id, name }) => (name ? `${name} (${sensor_id})` : sensor_id);

function create() {
  const statistics = ["min", "mean", "max"].map((name) =>
    createElement("div", {}, createElement("dt", {}, name), createElement("dd", { className: name })),
  );
  const last = createElement("p", { className: "last" }, createElement("b"), createElement("span", { className: "unit" }, " °C"));
  const location = createElement("span", { className: "location" });
  const age = createElement("span", { className: "age" });
  const history = createElement("a", { className: "to-history" }, "Show history");
  const card = createElement(
    "li",
    { className: "card", tabIndex: -1 },
    createElement("h3", {}, createElement("a")),
    last,
    createElement("p", { className: "details" }, location, age),
    createElement("dl", { className: "statistics" }, ...statistics),
    createElement("div", { className: "plot", role: "img" }),
    history,
    createElement("p", { className: "cursor-values", "aria-hidden": "true" }),
  );
  viewObserver.observe(card);
  return card;
}

function fill(card, sensor) {
  setText($("h3 a", card), titleOf(sensor));
  $("h3 a", card).href = addressOf("sensor", sensor.sensor_id);
  $(".to-history", card).href = addressOf("history", null, { sensor: sensor.sensor_id });
  $(".to-history", card).setAttribute("aria-label", `Show history of ${titleOf(sensor)}`);
  setText($(".location", card), sensor.location ? `${sensor.location} · ` : "");
  setText($(".last b", card), degrees(sensor.last_temperature));
  for (const name of ["min", "mean", "max"]) setText($(`.${name}`, card), degrees(sensor[`${name}_temperature`]));
  card.dataset.offline = Boolean(sensor.offline_since);
  card.dataset.measuredAt = sensor.last_measured_at;
  $(".plot", card).setAttribute("aria-label", describe(sensor));
  updateAge(card);
}

function updateAge(card) {
  const age = `${duration(secondsSince(card.dataset.measuredAt))} ago`;
  setText($(".age", card), card.dataset.offline === "true" ? `offline, ${age}` : age);
}

function describe(sensor) {
  const { readings, min_temperature: min, mean_temperature: mean, max_temperature: max } = sensor;
  if (!readings) return `Last hour of sensor ${titleOf(sensor)}: no readings.`;
  const statistics = `minimum ${degrees(min)}, mean ${degrees(mean)}, maximum ${degrees(max)} °C`;
  return `Last hour of sensor ${titleOf(sensor)} by the minute: ${statistics}, ${quantity(readings, "reading")}.`;
}

function drawChart(card) {
  const container = $(".plot", card);
  if (container.chart) return;
  const cursorValues = $(".cursor-values", card);
  const onCursor = (index, [at, min, mean, max]) => {
    const hasValue = index !== null && index !== undefined && mean[index] != null;
    const values = hasValue ? [min, mean, max].map((column) => degrees(column[index])).join(" · ") : "";
    setText(cursorValues, hasValue ? `${hourAndMinute(at[index])}  ${values}` : "");
  };
  const edge = { width: 0, points: { show: false } };
  const series = [
    { label: "min", color: "series-1", ...edge },
    { label: "mean", color: "series-1" },
    { label: "max", color: "series-1", ...edge },
  ];
  const options = { height: CHART_HEIGHT, series, bands: [[3, 1]], increments: TENTHS, format: tenths, onCursor };
  const chart = new Chart(container, options);
  minutes.subscribe(card.dataset.key, (values) => chart.setData(...lastHour(values)));
}

const tenths = (value) => value.toFixed(1);

function removeChart(card) {
  const container = $(".plot", card);
  if (!container.chart) return;
  minutes.unsubscribe(card.dataset.key);
  container.chart.remove();
}

/** The columns of the minutes, connected unless the sensor was silent for long; with the range of the time axis. */
function lastHour(minutes) {
  const last = Math.floor(serverNow() / 60_000) * 60;
  const from = last - HOUR_SECONDS;
  const points = minutes.filter(({ at }) => at >= from).map(({ at, min, mean, max, readings }) => [at, min, mean, max, readings]);
  return [toColumns([points], MINUTE_SECONDS), from, last + MINUTE_SECONDS];
}

/** Update the age of each last reading, once per second. */
export function updateAges() {
  for (const card of list.children) updateAge(card);
}
