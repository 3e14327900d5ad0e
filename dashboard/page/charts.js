// uPlot charts in the page's colours, as wide as their container, redrawn when either changes.

import { hourAndMinute } from "./format.js";

// Axis increments for counts, and for values with one decimal.
const increments = (smallest) =>
  Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * smallest * 10 ** power)).flat();
export const WHOLE = increments(1);
export const TENTHS = increments(0.1);

const charts = new Set();
const colorScheme = matchMedia("(prefers-color-scheme: dark)");
colorScheme.addEventListener("change", () => charts.forEach((chart) => chart.redraw()));
const resizeObserver = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) target.chart?.plot?.setSize({ width: contentRect.width, height: target.chart.height });
  }
});

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A chart over time in `container`. Each series has a label, a color (a CSS variable) and options of uPlot. */
export class Chart {
  constructor(container, { height, series, bands = [], floor = null, increments, format, onCursor }) {
    Object.assign(this, { container, height, series, bands, floor, increments, format, onCursor });
    this.data = null;
    this.range = null;
    this.plot = null;
    container.chart = this;
    charts.add(this);
    resizeObserver.observe(container);
  }

  /** Show columns of data between two times in seconds since 1970. */
  setData(data, from, to) {
    this.data = data;
    this.range = [from, to];
    if (this.plot) this.plot.setData(data);
    else this.redraw();
  }

  redraw() {
    this.plot?.destroy();
    this.plot = null;
    if (this.data && this.container.clientWidth) this.plot = new uPlot(this.options(), this.data, this.container);
  }

  remove() {
    resizeObserver.unobserve(this.container);
    charts.delete(this);
    this.plot?.destroy();
    this.container.chart = null;
  }

  options() {
    const axis = { stroke: color("muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
    const grid = { stroke: color("grid"), width: 1 };
    return {
      width: this.container.clientWidth,
      height: this.height,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      scales: { x: { range: () => this.range }, y: { range: (_, low, high) => padRange(low, high, this.floor) } },
      axes: [
        { ...axis, grid: { show: false }, size: 22, space: 56, values: (_, at) => at.map(hourAndMinute) },
        { ...axis, grid, size: 52, space: 24, incrs: this.increments, values: (_, at) => at.map(this.format) },
      ],
      series: [{}, ...this.series.map((series) => this.seriesOptions(series))],
      bands: this.bands.map((band) => ({ series: band, fill: color("band") })),
      hooks: { setCursor: [(plot) => this.onCursor(plot.cursor.idx, plot.data)] },
    };
  }

  seriesOptions({ label, color: name, fill, ...options }) {
    return {
      label,
      stroke: color(name),
      fill: fill && color(fill),
      width: 1.5,
      spanGaps: false,
      points: { show: true, size: 4, fill: color(name), filter: isolatedPoints },
      ...options,
    };
  }
}

/** From the floor, or slightly below the minimum, to slightly above the maximum; never an empty range. */
function padRange(low, high, floor) {
  if (low === null || high === null) return [floor ?? 0, 1];
  const margin = Math.max((high - low) * 0.1, Math.abs(high) * 0.002, 0.01);
  return [floor ?? low - margin, high + margin];
}

/** The indexes of values without a neighbour, which a line would not show. */
function isolatedPoints(plot, index) {
  const values = plot.data[index];
  const isolated = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) isolated.push(i);
  }
  return isolated;
}
