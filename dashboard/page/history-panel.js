// A chart of one or several sensors over any range, with its controls: presets, zoom, pan, time zone and CSV.

import { requestJson } from "./api.js";
import { Chart, TENTHS } from "./charts.js";
import { announce, createElement, reconcileChildren, setText, setVisible, throttle } from "./dom.js";
import { refusalOf } from "./history-address.js";
import { toColumns } from "./history-columns.js";
import { aroundNow, forecastPoints, forecastSeries, futureMarks, loadForecasts, reachesBeyond } from "./history-forecast.js";
import { HistoryLegend } from "./history-legend.js";
import { linesOf, loadMarks, loadSettings } from "./history-marks.js";
import { serverNow } from "./live-state.js";
import { CELSIUS, fromCelsius, symbolOf } from "./units.js";
import { VIEWER_ZONE, axisLabels, fromLocal, toLocal } from "./zones.js";

const HOUR = 3600;
const PRESETS = [["Hour", HOUR], ["Day", 24 * HOUR], ["Week", 7 * 24 * HOUR], ["Month", 30 * 24 * HOUR], ["Year", 365 * 24 * HOUR]];
const [MIN_RANGE, MAX_RANGE] = [60, 38 * 365 * 24 * HOUR];
const CHART_HEIGHT = 320;
const MAX_INPUT = "9999-12-31T23:59"; // otherwise Chromium takes years of six digits
const UNPROCESSABLE = 422;
const LOAD_MS = 250; // a key that is held changes the range 30 times per second

/**
 * The panel. Its view is `{ sensors, from, to, zone }`: IDs, seconds since 1970, and whether times are those of the
 * "viewer" or the "installation". `onChange(view)` follows each change by its controls.
 */
export class HistoryPanel {
  constructor(container, { onChange }) {
    const settings = { unit: CELSIUS, limits: [] };
    Object.assign(this, { onChange, view: null, isDefault: false, series: null, forecasts: [], settings, request: 0, hasFailed: false, shownRange: null });
    this.loadSoon = throttle(() => this.load(), LOAD_MS);
    this.createControls();
    container.append(this.presets, this.range, this.note, this.figure);
    const formatTimes = (times, step) => axisLabels(times, step, this.zone());
    const toDate = (seconds) => uPlot.tzDate(new Date(seconds * 1000), this.zone());
    const onCursor = (index) => this.legend.setCursor(index ?? null);
    const onSelect = (from, to) => this.setRange(from, to);
    this.chart = new Chart(this.plot, { height: CHART_HEIGHT, series: [], increments: TENTHS, format: (value) => value.toFixed(1), formatTimes, toDate, onCursor, onSelect, onPan: (seconds) => this.shift(Math.round(seconds)) });
  }

  createControls() {
    const button = (text, action) => {
      const element = createElement("button", { type: "button" }, text);
      element.addEventListener("click", action);
      return element;
    };
    const moves = [
      ["Earlier", () => this.pan(-0.5)],
      ["Later", () => this.pan(0.5)],
      ["Zoom in", () => this.zoom(0.5)],
      ["Zoom out", () => this.zoom(2)],
    ];
    this.forecastButton = button("Forecast", () => this.change(aroundNow()));
    setVisible(this.forecastButton, false);
    this.presets = createElement(
      "div",
      { className: "bar history-controls", role: "group", "aria-label": "Range" },
      ...PRESETS.map(([name, seconds]) => button(name, () => this.setPreset(seconds))),
      ...moves.map(([name, action]) => button(name, action)),
      this.forecastButton, // the last one, so that none moves when it appears
    );
    this.fromInput = createElement("input", { type: "datetime-local", max: MAX_INPUT });
    this.toInput = createElement("input", { type: "datetime-local", max: MAX_INPUT });
    for (const input of [this.fromInput, this.toInput]) input.addEventListener("change", () => this.readInputs());
    this.zoneSelect = createElement("select", {});
    this.zoneSelect.addEventListener("change", () => this.change({ zone: this.zoneSelect.value }));
    this.csvLink = createElement("a", { className: "button", download: "series.csv" }, "CSV");
    this.range = createElement(
      "div",
      { className: "bar history-controls" },
      createElement("label", {}, "From ", this.fromInput),
      createElement("label", {}, "To ", this.toInput),
      createElement("label", {}, "Times of ", this.zoneSelect),
      this.csvLink,
    );
    this.note = createElement("p", { className: "note", role: "status", hidden: true });
    this.legend = new HistoryLegend();
    this.plot = createElement("div", { className: "plot history-plot", role: "img", tabIndex: 0 });
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.plot.addEventListener("dblclick", () => this.zoom(2));
    this.figure = createElement("figure", {}, this.legend.element, this.legend.when, this.plot);
  }

  /** Show a view; without a zone the viewer's, without a range the last hour, or with a forecast the hours around now. */
  show({ sensors, from, to, zone }) {
    if (`${sensors}` !== `${this.view?.sensors}`) setVisible(this.figure, false); // it shows others
    this.isDefault = from === undefined && to === undefined;
    this.movedAt = Math.floor(serverNow() / 1000);
    const end = to ?? this.movedAt;
    this.view = { sensors, from: from ?? end - HOUR, to: end, zone: zone ?? "viewer" };
    this.load();
  }

  /** Move the range that is shown by default to the present, unless another is being entered or dragged over. */
  async follow() {
    const isBusy = this.figure.getAttribute("aria-busy") !== "false" || this.figure.matches(":active");
    if (!this.isDefault || this.hasFailed || isBusy || [this.fromInput, this.toInput].includes(document.activeElement)) return;
    const passed = Math.floor(serverNow() / 1000) - this.movedAt;
    this.movedAt += passed;
    Object.assign(this.view, { from: this.view.from + passed, to: this.view.to + passed });
    this.updateControls();
    const request = ++this.request;
    await this.fetch(() => request === this.request, () => {});
  }

  zone() {
    return this.view.zone === "installation" ? (this.series?.time_zone ?? "UTC") : VIEWER_ZONE;
  }

  change(part) {
    this.isDefault &&= !("from" in part);
    this.view = { ...this.view, ...part };
    this.onChange(this.view);
    this.loadSoon();
  }

  setRange(from, to) {
    const middle = (from + to) / 2;
    const length = Math.min(Math.max(to - from, MIN_RANGE), MAX_RANGE);
    this.change({ from: Math.round(middle - length / 2), to: Math.round(middle + length / 2) });
  }

  setPreset(seconds) {
    const now = Math.ceil(serverNow() / 1000);
    this.change({ from: now - seconds, to: now });
  }

  pan(part) {
    this.shift(Math.round((this.view.to - this.view.from) * part));
  }

  shift(seconds) {
    this.change({ from: this.view.from + seconds, to: this.view.to + seconds });
  }

  zoom(factor) {
    const { from, to } = this.view;
    const margin = ((to - from) * (factor - 1)) / 2;
    this.setRange(from - margin, to + margin);
  }

  onKey(event) {
    const actions = { ArrowLeft: () => this.pan(-0.25), ArrowRight: () => this.pan(0.25), "+": () => this.zoom(0.5), "-": () => this.zoom(2) };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  /** What was typed stays, also while it is refused. */
  readInputs() {
    const [from, to] = [this.fromInput, this.toInput].map((input) => fromLocal(input.value, this.zone()));
    if (from === null || to === null) return this.showNote("Enter a date and a time in both fields.");
    if (from >= to) return this.showNote("The range ends before it starts: enter a later end, or an earlier start.");
    this.change({ from: from / 1000, to: to / 1000 });
  }

  async load() {
    this.updateControls();
    const request = ++this.request;
    this.figure.setAttribute("aria-busy", "true");
    await this.fetch(() => request === this.request); // otherwise another view is shown by now
    if (request === this.request) this.figure.setAttribute("aria-busy", "false");
  }

  async fetch(isCurrent, describe = announce) {
    if (!this.view.sensors.length) return this.showNote("No sensor is selected.");
    const { sensors } = this.view;
    const shown = loadForecasts(sensors).then((forecasts) => isCurrent() && this.showForecasts(forecasts));
    if (this.isDefault) await shown; // only this range depends on whether there is a forecast
    if (!isCurrent()) return;
    const [response, settings, marks] = await Promise.all([requestJson(`/api/series?${this.query()}`), loadSettings(sensors), loadMarks(this.view), shown]);
    if (!isCurrent()) return;
    this.hasFailed = !response.ok && response.status !== UNPROCESSABLE;
    if (!response.ok) return this.showNote(`The history cannot be loaded: ${refusalOf(response.value)}`);
    Object.assign(this, { series: response.value, settings });
    setVisible(this.figure, true);
    this.draw(marks, describe);
  }

  showForecasts(forecasts) {
    this.forecasts = forecasts;
    const hasForecast = reachesBeyond(forecasts, serverNow() / 1000);
    setVisible(this.forecastButton, hasForecast);
    if (!this.isDefault || !hasForecast) return;
    Object.assign(this.view, aroundNow());
    this.updateControls();
  }

  /** Load again what could not be loaded, for example before the login or while the database was down. */
  retry() {
    if (this.hasFailed) this.load();
  }

  query(extra = {}) {
    const { sensors, from, to } = this.view;
    return new URLSearchParams([...sensors.map((id) => ["sensor", id]), ["from", from], ["to", to], ...Object.entries(extra)]);
  }

  updateControls() {
    const { from, to } = this.view;
    const shown = `${from} ${to} ${this.zone()}`;
    if (shown !== this.shownRange) {
      // Otherwise what was typed since stays.
      this.fromInput.value = toLocal(from * 1000, this.zone());
      this.toInput.value = toLocal(to * 1000, this.zone());
      this.shownRange = shown;
    }
    const zones = [["viewer", `my time zone (${VIEWER_ZONE})`], ["installation", `the installation (${this.series?.time_zone ?? "…"})`]];
    reconcileChildren(this.zoneSelect, zones, ([key]) => key, ([key]) => createElement("option", { value: key }), (option, [, text]) => setText(option, text));
    this.zoneSelect.value = this.view.zone;
    this.csvLink.href = `/api/series?${this.query({ format: "csv", unit: this.settings.unit, time_zone: this.zone() })}`;
    setVisible(this.csvLink, this.view.sensors.length > 0);
  }

  draw({ excursions, anomalies }, describe) {
    this.updateControls();
    const { sensors } = this.view;
    const { bucket, bucket_seconds, from, to } = this.series;
    const { unit } = this.settings;
    const edge = { width: 0, points: { show: false } };
    const series = sensors.flatMap((id, i) => {
      const color = `history-${i + 1}`;
      return [{ label: `${id} min`, color, ...edge }, { label: id, color }, { label: `${id} max`, color, ...edge }];
    });
    const convert = (value) => fromCelsius(value, unit);
    const points = sensors.map((id) => this.series.sensors[id].map(([at, min, mean, max, readings]) => [at, convert(min), convert(mean), convert(max), readings]));
    const forecasts = forecastPoints(this.forecasts, from, to, unit);
    const expected = forecastSeries(sensors, series.length);
    this.chart.setLines(linesOf(this.settings));
    this.chart.setMarks([...futureMarks(forecasts, serverNow() / 1000), ...excursions, ...anomalies]);
    const bands = sensors.map((_, i) => [3 * i + 3, 3 * i + 1, `history-${i + 1}-band`]);
    this.chart.setSeries([...series, ...expected.series], [...bands, ...expected.bands], symbolOf(unit));
    const columns = toColumns([...points, ...forecasts], bucket_seconds);
    this.chart.setData(columns, from, to);
    this.legend.show({ sensors, points, forecasts, columns, unit, bucket, zone: this.zone(), anomalies: anomalies.length });
    const description = this.legend.describe(from, to);
    this.plot.setAttribute("aria-label", description);
    describe(description);
    this.showNote([...points, ...forecasts].every((of) => !of.length) ? "No readings in this range." : "");
  }

  showNote(text) {
    setText(this.note, text);
    setVisible(this.note, text !== "");
  }
}
