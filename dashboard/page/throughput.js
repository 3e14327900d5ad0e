// Queue depth, rates and latency: now, and over the last hour.

import { Chart, DURATIONS, TENTHS, WHOLE } from "./charts.js";
import { $, createElement, setText } from "./dom.js";
import { count, hourAndMinute, latency, rate } from "./format.js";
import { state } from "./live-state.js";

const MIN_RANGE_SECONDS = 300;
const HOUR_SECONDS = 3600;
const CHART_HEIGHT = 150;

const TILES = [
  ["Ready", "waiting in the queue", ({ queue }) => count(queue?.ready)],
  ["Unacked", "being processed", ({ queue }) => count(queue?.unacked)],
  ["Consumers", "of the queue", ({ queue }) => count(queue?.consumers)],
  ["Published", "per second", ({ queue }) => rate(queue?.publish_rate)],
  ["Stored", "per second", ({ throughput }) => rate(throughput?.stored_rate)],
  ["Latency", "median", ({ throughput }) => latency(throughput?.latency_p50)],
  ["Latency", "95th percentile", ({ throughput }) => latency(throughput?.latency_p95)],
  ["Dead letters", "messages", ({ queue }) => count(queue?.dead_letters), ({ queue }) => queue?.dead_letters > 0],
];

const CHARTS = [
  {
    title: "Queue depth",
    format: count,
    increments: WHOLE,
    series: [
      { label: "ready", key: "ready", color: "series-1", fill: "series-1-fill" },
      { label: "unacked", key: "unacked", color: "series-2" },
    ],
  },
  {
    title: "Messages per second",
    format: rate,
    increments: TENTHS,
    series: [
      { label: "published", key: "publish_rate", color: "series-1" },
      { label: "stored", key: "stored_rate", color: "series-2" },
    ],
  },
  {
    title: "End-to-end latency",
    format: latency,
    increments: DURATIONS,
    series: [
      { label: "median", key: "latency_p50", color: "series-1" },
      { label: "95th percentile", key: "latency_p95", color: "series-2" },
    ],
  },
];

const tiles = TILES.map(([name, description, read, isBad = () => false]) => {
  const value = createElement("dd", { className: "value" });
  const details = createElement("dd", { className: "description" }, description);
  const tile = createElement("div", { className: "tile" }, createElement("dt", {}, name), value, details);
  $("#throughput .tiles").append(tile);
  return { tile, value, read, isBad };
});

const charts = CHARTS.map(({ title, format, increments, series }) => {
  const entries = series.map(({ label, color }) => {
    const value = createElement("b", {});
    return { value, key: createElement("span", { className: "key", "data-color": color }, `${label} `, value) };
  });
  const when = createElement("span", { className: "when" });
  const container = createElement("div", { className: "plot", role: "img" });
  const legend = createElement("p", { className: "legend", "aria-hidden": "true" }, ...entries.map(({ key }) => key), when);
  const figure = createElement("figure", {}, createElement("figcaption", {}, title), legend, container);
  $("#throughput .charts").append(figure);
  const chart = { title, format, series, entries, when, container, cursorIndex: null };
  const onCursor = (index) => {
    chart.cursorIndex = index ?? null;
    updateLegend(chart);
  };
  chart.plot = new Chart(container, { height: CHART_HEIGHT, series, floor: 0, increments, format, onCursor });
  return chart;
});

export function update() {
  for (const { tile, value, read, isBad } of tiles) {
    setText(value, read(state));
    tile.dataset.state = isBad(state) ? "bad" : "";
  }
  const { points } = state;
  const to = points.at(-1).at;
  const from = Math.max(to - HOUR_SECONDS, Math.min(points[0].at, to - MIN_RANGE_SECONDS));
  const at = points.map((point) => point.at);
  for (const chart of charts) {
    const columns = chart.series.map(({ key }) => points.map((point) => point[key]));
    chart.plot.setData([at, ...columns], from, to);
    updateLegend(chart);
    chart.container.setAttribute("aria-label", describe(chart, points));
  }
}

/** Show the values under the cursor, or the latest values. */
function updateLegend({ entries, series, format, cursorIndex, when }) {
  const point = state.points[cursorIndex ?? state.points.length - 1];
  entries.forEach(({ value }, i) => setText(value, format(point?.[series[i].key])));
  setText(when, cursorIndex === null || !point ? "" : `at ${hourAndMinute(point.at)}`);
}

function describe({ title, series, format }, points) {
  const parts = series.map(({ label, key }) => {
    const values = points.map((point) => point[key]).filter((value) => value !== null);
    if (!values.length) return `${label}: unknown`;
    return `${label}: now ${format(points.at(-1)[key])}, maximum ${format(Math.max(...values))}`;
  });
  return `${title} since ${hourAndMinute(points[0].at)}. ${parts.join("; ")}.`;
}
