// The legend of a history: the values under the cursor, or the range of each sensor, and the same in words.

import { createElement, reconcileChildren, setText } from "./dom.js";
import { count, degrees, quantity } from "./format.js";
import { describeForecasts } from "./history-forecast.js";
import { state } from "./live-state.js";
import { CELSIUS, symbolOf } from "./units.js";
import { dateAndTime } from "./zones.js";

const NOTHING = { sensors: [], points: [], forecasts: [], columns: null, unit: CELSIUS, bucket: null, zone: "UTC", anomalies: 0 };

export class HistoryLegend {
  constructor() {
    this.element = createElement("p", { className: "legend" });
    this.when = createElement("span", { className: "when" });
    this.shown = NOTHING;
    this.index = null;
  }

  /**
   * Show the `points` and `forecasts` of each of the `sensors`, in the unit, and their `columns` in the chart, and
   * explain the flags of so many `anomalies`.
   */
  show(shown) {
    this.shown = shown;
    this.setCursor(null);
  }

  /** Show the values at an index of the columns; null: the range of each sensor. */
  setCursor(index) {
    this.index = index;
    const { sensors, columns, bucket, zone } = this.shown;
    const ofSensors = sensors.map((id, i) => ({ key: `=${id}`, color: `history-${i + 1}`, title: titleOf(id), text: index === null ? this.range(i) : this.values(i, index) }));
    const keys = [...ofSensors, ...this.explanations()];
    const create = ({ color }) => createElement("span", { className: "key", "data-color": color }, "", createElement("b", {}));
    reconcileChildren(this.element, keys, ({ key }) => key, create, (key, { color, title, text }) => {
      key.dataset.color = color;
      if (key.firstChild.data !== `${title} `) key.firstChild.data = `${title} `;
      setText(key.lastChild, text);
    });
    const at = index === null ? null : columns?.[0][index];
    const step = bucket ? `one point per ${bucket}` : "";
    setText(this.when, at == null ? step : `${dateAndTime(at, zone)}, ${step}`);
  }

  /** Show the names as they are known now: they may be set, or arrive, after the chart is drawn. */
  updateNames() {
    this.setCursor(this.index);
  }

  explanations() {
    const hasForecast = this.shown.forecasts.some((points) => points.length > 0);
    const forecast = { key: "forecast", color: "forecast", title: "Forecast", text: "mean and 95 % interval" };
    const number = this.shown.anomalies;
    const anomalies = { key: "anomalies", color: "anomaly", title: number === 1 ? "Anomaly" : "Anomalies", text: count(number) };
    return [...(hasForecast ? [forecast] : []), ...(number ? [anomalies] : [])];
  }

  /** What was measured at an index of the columns; else what is expected. */
  values(i, index) {
    const { columns, unit, sensors } = this.shown;
    const valuesFrom = (first) => [1, 2, 3].map((k) => columns[first + k]?.[index]);
    const text = ([min, mean, max]) => `${degrees(mean)} ${symbolOf(unit)} (${degrees(min)} to ${degrees(max)})`;
    const [measured, expected] = [valuesFrom(3 * i), valuesFrom(3 * (sensors.length + i))];
    if (measured[1] != null) return text(measured);
    return expected[1] == null ? "–" : `forecast ${text(expected)}`;
  }

  range(i) {
    const { points, unit } = this.shown;
    if (!points[i].length) return "no readings";
    return `${degrees(least(points[i], 1))} to ${degrees(-least(points[i], 3, -1))} ${symbolOf(unit)}`;
  }

  /** What is shown, in words. */
  describe(from, to) {
    const { sensors, points, forecasts, unit, bucket, zone, anomalies: number } = this.shown;
    const readings = points.map((of) => of.reduce((sum, point) => sum + point[4], 0));
    const parts = sensors.map((id, i) => `${titleOf(id)}: ${this.range(i)}, ${quantity(readings[i], "reading")}`);
    const range = `Temperature from ${dateAndTime(from, zone)} to ${dateAndTime(to, zone)} by the ${bucket}.`;
    const anomalies = number ? ` ${number === 1 ? "1 anomaly" : `${count(number)} anomalies`}.` : "";
    return `${range} ${parts.join("; ")}.${describeForecasts(sensors.map(titleOf), forecasts, unit, zone)}${anomalies}`;
  }
}

const titleOf = (id) => {
  const name = state.sensors.get(id)?.name;
  return name ? `${name} (${id})` : id;
};

const least = (points, index, sign = 1) => points.reduce((low, point) => Math.min(low, sign * point[index]), Infinity);
