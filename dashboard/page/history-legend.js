// The legend of a history: the values under the cursor, or the range of each sensor, and the same in words.

import { createElement, reconcileChildren, setText } from "./dom.js";
import { count, degrees } from "./format.js";
import { state } from "./live-state.js";
import { CELSIUS, symbolOf } from "./units.js";
import { dateAndTime } from "./zones.js";

const NOTHING = { sensors: [], points: [], columns: null, unit: CELSIUS, bucket: null, zone: "UTC" };

export class HistoryLegend {
  constructor() {
    this.element = createElement("p", { className: "legend" });
    this.when = createElement("span", { className: "when" });
    this.shown = NOTHING;
  }

  /** Show the `points` of each of the `sensors`, in the unit, and their `columns` in the chart. */
  show(shown) {
    this.shown = shown;
    this.setCursor(null);
  }

  /** Show the values at an index of the columns; null: the range of each sensor. */
  setCursor(index) {
    const { sensors, columns, bucket, zone } = this.shown;
    const keys = sensors.map((id, i) => ({ id, color: `history-${i + 1}`, text: index === null ? this.range(i) : this.values(i, index) }));
    const create = ({ color }) => createElement("span", { className: "key", "data-color": color }, "", createElement("b", {}));
    reconcileChildren(this.element, keys, ({ id }) => `=${id}`, create, (key, { id, color, text }) => {
      key.dataset.color = color;
      const title = `${titleOf(id)} `;
      if (key.firstChild.data !== title) key.firstChild.data = title;
      setText(key.lastChild, text);
    });
    const at = index === null ? null : columns?.[0][index];
    const step = bucket ? `one point per ${bucket}` : "";
    setText(this.when, at == null ? step : `${dateAndTime(at, zone)}, ${step}`);
  }

  values(i, index) {
    const { columns, unit } = this.shown;
    const [min, mean, max] = [1, 2, 3].map((k) => columns[3 * i + k]?.[index]);
    return mean == null ? "–" : `${degrees(mean)} ${symbolOf(unit)} (${degrees(min)} to ${degrees(max)})`;
  }

  range(i) {
    const { points, unit } = this.shown;
    if (!points[i].length) return "no readings";
    return `${degrees(least(points[i], 1))} to ${degrees(-least(points[i], 3, -1))} ${symbolOf(unit)}`;
  }

  /** What is shown, in words. */
  describe(from, to) {
    const { sensors, points, bucket, zone } = this.shown;
    const readings = points.map((of) => of.reduce((sum, point) => sum + point[4], 0));
    const parts = sensors.map((id, i) => `${titleOf(id)}: ${this.range(i)}, ${count(readings[i])} readings`);
    return `Temperature from ${dateAndTime(from, zone)} to ${dateAndTime(to, zone)} by the ${bucket}. ${parts.join("; ")}.`;
  }
}

const titleOf = (id) => {
  const name = state.sensors.get(id)?.name;
  return name ? `${name} (${id})` : id;
};

const least = (points, index, sign = 1) => points.reduce((low, point) => Math.min(low, sign * point[index]), Infinity);
