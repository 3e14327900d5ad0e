// uPlot charts in the page's colours, as wide as their container, redrawn when either changes.

import { drawMarks } from "./chart-marks.js";
import { hourAndMinute } from "./format.js";

// Axis increments for counts, and for values with one decimal.
const increments = (smallest) =>
  Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * smallest * 10 ** power)).flat();
export const WHOLE = increments(1);
export const TENTHS = increments(0.1);
/** Of durations in seconds, whose labels are whole numbers of one unit. */
export const DURATIONS = [
  ...[0.001, 0.01, 0.1].flatMap((step) => [step, 2 * step, 5 * step]),
  ...[1, 2, 5, 10, 20, 60, 120, 300, 600, 1200],
  ...[1, 2, 4, 8].map((hours) => hours * 3600),
  ...increments(1).map((days) => days * 86_400),
];

const MIN_SELECTION_PIXELS = 4;
const MIN_LINE_REACH = 5; // degrees
const charts = new Set();
const colorScheme = matchMedia("(prefers-color-scheme: dark)");
colorScheme.addEventListener("change", () => charts.forEach((chart) => chart.redraw()));
const resizeObserver = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) target.chart?.plot?.setSize({ width: contentRect.width, height: target.chart.height });
  }
});

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/**
 * A chart over time in `container`. Each series has a label, a color (a CSS variable) and options of uPlot; a band is a
 * pair of series and, if it is not that of the page, a color. `formatTimes(times, increment)` returns the labels of the
 * time axis. `onSelect(from, to)` follows when a range is dragged over, `onPan(seconds)`
 * when it is with Shift: the content follows the pointer.
 */
export class Chart {
  constructor(container, options) {
    const defaults = { bands: [], lines: [], unit: null, floor: null, formatTimes: (times) => times.map(hourAndMinute), toDate: undefined };
    Object.assign(this, defaults, options, { container, marks: [] });
    this.data = null;
    this.range = null;
    this.plot = null;
    container.chart = this;
    container.addEventListener("mousedown", (event) => (this.isPanning = event.shiftKey));
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

  /** Show other series, in a unit, with the next data. A plot of the same series stays, with its cursor. */
  setSeries(series, bands, unit) {
    const isSame = JSON.stringify([series, bands, unit]) === JSON.stringify([this.series, this.bands, this.unit]);
    Object.assign(this, { series, bands, unit });
    if (isSame) return;
    this.plot?.destroy();
    this.plot = null;
  }

  /** Show horizontal lines with the next series: a value, a label, and a CSS variable as color. */
  setLines(lines) {
    this.lines = lines;
  }

  /**
   * Mark ranges of time: `from` and `to` in seconds since 1970 (null: until the end), and a CSS variable as color; also a
   * label, or one as color of a flag.
   */
  setMarks(marks) {
    this.marks = marks;
    this.plot?.redraw(false);
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
      cursor: { points: { size: 6 }, drag: { x: Boolean(this.onSelect), y: false, setScale: false } },
      tzDate: this.toDate,
      scales: { x: { range: () => this.range }, y: { range: (_, low, high) => padRange(...includeLines(low, high, this.lines), this.floor, this.increments?.[0]) } },
      axes: [
        { ...axis, grid: { show: false }, size: 22, space: 56, values: (_, at, axis, space, step) => this.formatTimes(at, step) },
        { ...axis, ...this.unitLabel(), grid, size: 52, space: 24, incrs: this.increments, values: (_, at) => at.map(this.format) },
      ],
      series: [{}, ...this.series.map((series) => this.seriesOptions(series))],
      bands: this.bands.map(([upper, lower, name = "band"]) => ({ series: [upper, lower], fill: color(name) })),
      hooks: {
        setCursor: [(plot) => this.onCursor(plot.cursor.idx, plot.data)],
        drawClear: [(plot) => drawMarks(plot, this.marks, color)],
        drawAxes: [(plot) => this.drawLines(plot)],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  unitLabel() {
    return this.unit === null ? {} : { label: this.unit, labelFont: "11px system-ui, sans-serif", labelSize: 16, labelGap: 0 };
  }

  drawLines(plot) {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    ctx.save();
    Object.assign(ctx, { textAlign: "left", textBaseline: "alphabetic" });
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const line of this.lines) {
      const y = Math.round(plot.valToPos(line.value, "y", true)) + 0.5;
      if (y < top || y > top + height) continue;
      ctx.strokeStyle = ctx.fillStyle = color(line.color);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.fillText(line.label, left + 6 * devicePixelRatio, y - 4 * devicePixelRatio);
    }
    ctx.restore();
  }

  select(plot) {
    const { left, width } = plot.select;
    if (!this.onSelect || width < MIN_SELECTION_PIXELS) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (!this.isPanning) return this.onSelect(from, to);
    const isToTheRight = plot.cursor.left > left + width / 2;
    this.onPan(isToTheRight ? from - to : to - from);
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

/** The range with those lines that leave the values more than a flat line. */
function includeLines(low, high, lines) {
  if (low === null || high === null) return [low, high];
  const reach = Math.max(high - low, MIN_LINE_REACH) * 2;
  const near = lines.map(({ value }) => value).filter((value) => value > low - reach && value < high + reach);
  return [Math.min(low, ...near), Math.max(high, ...near)];
}

/** From the floor, or slightly below the minimum, to slightly above the maximum: by a label at least, so that the axis has some. */
function padRange(low, high, floor, increment = 0.01) {
  if (low === null || high === null) return [floor ?? 0, 1];
  const margin = Math.max((high - low) * 0.1, Math.abs(high) * 0.002, increment);
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
