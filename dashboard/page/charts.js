// uPlot, in the page's colours, as wide as its place, drawn anew when either changes.

import { hourAndMinute } from "./format.js";

// Steps of an axis for what is counted, and for what is written with one decimal.
const steps = (first) => Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * first * 10 ** power)).flat();
export const WHOLE = steps(1);
export const TENTHS = steps(0.1);

const charts = new Set();
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => charts.forEach((chart) => chart.redraw()));
const widths = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) target.chart?.plot?.setSize({ width: contentRect.width, height: target.chart.height });
  }
});

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A chart over time in `place`. `series`: label, color (a variable of the style), and what uPlot takes. */
export class Chart {
  constructor(place, { height, series, bands = [], floor = null, steps, value, cursor }) {
    Object.assign(this, { place, height, series, bands, floor, steps, value, cursor });
    this.data = null;
    this.range = null;
    this.plot = null;
    place.chart = this;
    charts.add(this);
    widths.observe(place);
  }

  /** Show columns of data, from and to these seconds since 1970. */
  show(data, from, to) {
    this.data = data;
    this.range = [from, to];
    if (this.plot) this.plot.setData(data);
    else this.redraw();
  }

  redraw() {
    this.plot?.destroy();
    this.plot = null;
    if (this.data && this.place.clientWidth) this.plot = new uPlot(this.options(), this.data, this.place);
  }

  remove() {
    widths.unobserve(this.place);
    charts.delete(this);
    this.plot?.destroy();
    this.place.chart = null;
  }

  options() {
    const line = { stroke: color("muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
    const grid = { stroke: color("grid"), width: 1 };
    return {
      width: this.place.clientWidth,
      height: this.height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      scales: { x: { range: () => this.range }, y: { range: (_, low, high) => padded(low, high, this.floor) } },
      axes: [
        { ...line, grid: { show: false }, size: 22, space: 56, values: (_, at) => at.map(hourAndMinute) },
        { ...line, grid, size: 52, space: 24, incrs: this.steps, values: (_, at) => at.map(this.value) },
      ],
      series: [{}, ...this.series.map((one) => this.seriesOptions(one))],
      bands: this.bands.map((band) => ({ series: band, fill: color("band") })),
      hooks: { setCursor: [(plot) => this.cursor(plot.cursor.idx, plot.data)] },
    };
  }

  seriesOptions({ label, color: name, fill, ...rest }) {
    return {
      label,
      stroke: color(name),
      fill: fill && color(fill),
      width: 1.5,
      spanGaps: false,
      points: { show: true, size: 4, fill: color(name), filter: lonely },
      ...rest,
    };
  }
}

/** From the floor, or a little below the lowest, to a little above the highest; never flat. */
function padded(low, high, floor) {
  if (low === null || high === null) return [floor ?? 0, 1];
  const margin = Math.max((high - low) * 0.1, Math.abs(high) * 0.002, 0.01);
  return [floor ?? low - margin, high + margin];
}

/** The values without a neighbour, which no line would show. */
function lonely(plot, index) {
  const values = plot.data[index];
  const alone = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) alone.push(i);
  }
  return alone;
}
