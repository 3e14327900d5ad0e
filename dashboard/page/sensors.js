// The last hour of each sensor: a chart with its minimum, mean and maximum, drawn once it is in sight.

import { Chart, TENTHS } from "./charts.js";
import { $, el, keyed, say, show } from "./dom.js";
import { degrees, hourAndMinute, span, time } from "./format.js";
import { known, secondsSince, serverNow } from "./live.js";
import { again, forget, want } from "./minutes.js";

const FIRST = 12;
const MORE = 48;
const MINUTES = 60;
const HEIGHT = 120;

const section = $("#sensors");
const list = $(".cards", section);
const find = $("#find");
const onlySilent = $("#only-silent");
const more = $(".more button", section);
const natural = new Intl.Collator("en", { numeric: true });
let most = FIRST;

/** The sensors that are looked for, in their natural order. */
export function chosen() {
  const words = find.value.trim().toLowerCase();
  return [...known.sensors.values()]
    .filter((sensor) => !onlySilent.checked || sensor.offline_since)
    .filter(({ sensor_id, name, location }) => `${sensor_id} ${name ?? ""} ${location ?? ""}`.toLowerCase().includes(words))
    .sort((a, b) => natural.compare(a.sensor_id, b.sensor_id));
}

/** `redraw` draws the page anew when somebody looks for other sensors. */
export function start(redraw) {
  for (const input of [find, onlySilent]) {
    input.addEventListener("input", () => {
      most = FIRST;
      redraw();
    });
  }
  more.addEventListener("click", () => {
    const first = list.children.length;
    most += MORE;
    redraw();
    list.children[first]?.focus();
  });
}

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) draw(target);
      else undraw(target);
    }
  },
  { rootMargin: "200px" },
);

export function update(isWhole) {
  const sensors = chosen();
  note(sensors);
  silent();
  for (const card of [...list.children].slice(most)) undraw(card);
  keyed(list, sensors.slice(0, most), (sensor) => sensor.sensor_id, make, fill);
  const left = sensors.length - most;
  show(more, left > 0);
  say(more, `Show ${Math.min(left, MORE)} more of ${left}`);
  if (isWhole) again();
}

function note(sensors) {
  const all = known.sensors.size;
  say($(".count", section), sensors.length === all ? `${all}` : `${sensors.length} of ${all}`);
  const line = $(".note", section);
  const words = [];
  if (!known.sensorsAnswer) {
    words.push(
      known.sensorsAt === null
        ? "The database does not answer, so nothing is known of the sensors."
        : `The database does not answer. The sensors are shown as they were at ${time(known.sensorsAt)}.`,
    );
  } else if (!all) words.push("No sensor was heard yet.");
  else if (!sensors.length) words.push("No sensor is like that.");
  say(line, words.join(" "));
  show(line, words.length > 0);
  document.body.dataset.sensors = known.sensorsAnswer ? "known" : "old";
}

function silent() {
  const some = [...known.sensors.values()].filter((sensor) => sensor.offline_since);
  some.sort((a, b) => natural.compare(a.sensor_id, b.sensor_id));
  show($("#silent"), some.length > 0);
  say($("#silent h3"), `Silent: ${some.length}`);
  keyed($("#silent ul"), some, (sensor) => sensor.sensor_id, () => el("li", {}, el("b"), el("span")), (item, sensor) => {
    say(item.firstChild, titleOf(sensor));
    const usual = sensor.interval_seconds ? `, usually each ${span(sensor.interval_seconds)}` : "";
    say(item.lastChild, ` since ${time(sensor.offline_since)}${usual}; last ${degrees(sensor.last_temperature)} °C`);
  });
}

export const titleOf = ({ sensor_id, name }) => (name ? `${name} (${sensor_id})` : sensor_id);

function make() {
  const figures = ["min", "mean", "max"].map((name) => el("div", {}, el("dt", {}, name), el("dd", { className: name })));
  const card = el(
    "li",
    { className: "card", tabIndex: -1 },
    el("h3", {}),
    el("p", { className: "last" }, el("b"), el("span", { className: "unit" }, " °C")),
    el("p", { className: "where" }, el("span", { className: "place" }), el("span", { className: "age" })),
    el("dl", { className: "figures" }, ...figures),
    el("div", { className: "plot", role: "img" }),
    el("p", { className: "pointed", "aria-hidden": "true" }),
  );
  sight.observe(card);
  return card;
}

function fill(card, sensor) {
  say($("h3", card), titleOf(sensor));
  say($(".place", card), sensor.location ? `${sensor.location} · ` : "");
  say($(".last b", card), degrees(sensor.last_temperature));
  for (const name of ["min", "mean", "max"]) say($(`.${name}`, card), degrees(sensor[`${name}_temperature`]));
  card.dataset.silent = Boolean(sensor.offline_since);
  card.dataset.measured = sensor.last_measured_at;
  $(".plot", card).setAttribute("aria-label", inWords(sensor));
  age(card);
}

function age(card) {
  const words = `${span(secondsSince(card.dataset.measured))} ago`;
  say($(".age", card), card.dataset.silent === "true" ? `silent, ${words}` : words);
}

function inWords(sensor) {
  const { readings, min_temperature: min, mean_temperature: mean, max_temperature: max } = sensor;
  if (!readings) return `The last hour of sensor ${titleOf(sensor)}: nothing was measured.`;
  const values = `minimum ${degrees(min)}, mean ${degrees(mean)}, maximum ${degrees(max)} °C`;
  return `The last hour of sensor ${titleOf(sensor)}, by the minute: ${values}, ${readings} readings.`;
}

function draw(card) {
  const place = $(".plot", card);
  if (place.chart) return;
  const pointed = $(".pointed", card);
  const cursor = (index, [at, low, mean, high]) => {
    const there = index !== null && index !== undefined && mean[index] !== null;
    say(pointed, there ? `${hourAndMinute(at[index])}  ${degrees(low[index])} · ${degrees(mean[index])} · ${degrees(high[index])}` : "");
  };
  const edge = { width: 0, points: { show: false } };
  const series = [
    { label: "min", color: "one", ...edge },
    { label: "mean", color: "one" },
    { label: "max", color: "one", ...edge },
  ];
  const chart = new Chart(place, { height: HEIGHT, series, bands: [[3, 1]], steps: TENTHS, value: tenths, cursor });
  want(card.dataset.key, (minutes) => chart.show(...columns(minutes)));
}

const tenths = (value) => value.toFixed(1);

function undraw(card) {
  const place = $(".plot", card);
  if (!place.chart) return;
  forget(card.dataset.key);
  place.chart.remove();
}

/** A column for each minute of the hour, with gaps where nothing was measured. */
function columns(minutes) {
  const now = serverNow() / 1000;
  const last = Math.floor(now / 60) * 60;
  const at = Array.from({ length: MINUTES + 1 }, (_, i) => last - (MINUTES - i) * 60);
  const found = new Map(minutes.map((minute) => [minute.at, minute]));
  const column = (name) => at.map((moment) => found.get(moment)?.[name] ?? null);
  return [[at, column("min"), column("mean"), column("max")], last - MINUTES * 60, last + 60];
}

/** Once a second: how old each last value is. */
export function tick() {
  for (const card of list.children) age(card);
}
