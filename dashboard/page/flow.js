// The queue, the rates and the delay: now, and over the last hour.

import { Chart, WHOLE } from "./charts.js";
import { $, el, say } from "./dom.js";
import { count, duration, hourAndMinute, rate } from "./format.js";
import { known } from "./live.js";

const LEAST_SECONDS = 300;
const HOUR = 3600;

const TILES = [
  ["Ready", "waiting in the queue", ({ queue }) => count(queue?.ready)],
  ["Unacked", "in consumers' hands", ({ queue }) => count(queue?.unacked)],
  ["Consumers", "of the queue", ({ queue }) => count(queue?.consumers)],
  ["Published", "a second", ({ queue }) => rate(queue?.publish_rate)],
  ["Stored", "a second", ({ throughput }) => rate(throughput?.stored_rate)],
  ["Delay", "half are faster", ({ throughput }) => duration(throughput?.latency_p50)],
  ["Delay", "95 in 100 are faster", ({ throughput }) => duration(throughput?.latency_p95)],
  ["Dead", "letters", ({ queue }) => count(queue?.dead_letters)],
];

const PLOTS = [
  {
    title: "Queue depth",
    value: count,
    steps: WHOLE,
    series: [
      { label: "ready", key: "ready", color: "one", fill: "one-fill" },
      { label: "unacked", key: "unacked", color: "two" },
    ],
  },
  {
    title: "Rates, a second",
    value: rate,
    series: [
      { label: "published", key: "publish_rate", color: "one" },
      { label: "stored", key: "stored_rate", color: "two" },
    ],
  },
  {
    title: "Delay to the commit",
    value: duration,
    series: [
      { label: "median", key: "latency_p50", color: "one" },
      { label: "95 %", key: "latency_p95", color: "two" },
    ],
  },
];

const tiles = TILES.map(([name, meaning, read]) => {
  const value = el("dd", { className: "value" });
  const tile = el("div", { className: "tile" }, el("dt", {}, name), value, el("dd", { className: "meaning" }, meaning));
  $("#flow .tiles").append(tile);
  return { tile, value, read, name };
});

const plots = PLOTS.map(({ title, value, steps, series }) => {
  const readings = series.map(({ label, color }) => {
    const number = el("b", {});
    return { number, key: el("span", { className: "key", "data-color": color }, `${label} `, number) };
  });
  const when = el("span", { className: "when" });
  const place = el("div", { className: "plot", role: "img" });
  const legend = el("p", { className: "legend", "aria-hidden": "true" }, ...readings.map(({ key }) => key), when);
  $("#flow .charts").append(el("figure", {}, el("figcaption", {}, title), legend, place));
  const plot = { title, value, series, readings, when, place, pointed: null };
  const cursor = (index) => {
    plot.pointed = index ?? null;
    legendOf(plot);
  };
  plot.chart = new Chart(place, { height: 150, series, floor: 0, steps, value, cursor });
  return plot;
});

export function update() {
  for (const { tile, value, read, name } of tiles) {
    say(value, read(known));
    if (name === "Dead") tile.dataset.state = known.queue?.dead_letters ? "bad" : "";
  }
  const points = known.points;
  const to = points.at(-1).at;
  const from = Math.max(to - HOUR, Math.min(points[0].at, to - LEAST_SECONDS));
  const at = points.map((point) => point.at);
  for (const plot of plots) {
    const columns = plot.series.map(({ key }) => points.map((point) => point[key]));
    plot.chart.show([at, ...columns], from, to);
    legendOf(plot);
    plot.place.setAttribute("aria-label", inWords(plot, points));
  }
}

function legendOf({ readings, series, value, pointed, when }) {
  const point = known.points[pointed ?? known.points.length - 1];
  readings.forEach(({ number }, i) => say(number, value(point?.[series[i].key])));
  say(when, pointed === null || !point ? "" : `at ${hourAndMinute(point.at)}`);
}

function inWords({ title, series, value }, points) {
  const parts = series.map(({ label, key }) => {
    const values = points.map((point) => point[key]).filter((one) => one !== null);
    if (!values.length) return `${label}: nothing known`;
    return `${label}: now ${value(points.at(-1)[key])}, at most ${value(Math.max(...values))}`;
  });
  return `${title} since ${hourAndMinute(points[0].at)}. ${parts.join("; ")}.`;
}
