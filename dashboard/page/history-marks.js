// What a chart of sensors shows besides their temperatures: the excursions as marks, the limits as lines, the unit.

import { requestJson } from "./api.js";
import { CELSIUS, fromCelsius, temperature } from "./units.js";

const MAX_MARKS = 1_000; // the server's limit
const BACKGROUNDS = { warning: "warn-background", critical: "bad-background" };
const COLORS = { warning: "warn", critical: "bad" };

/** The marks of a view `{ sensors, from, to }`; none if they cannot be loaded. */
export async function loadExcursionMarks({ sensors, from, to }) {
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  const query = new URLSearchParams([...sensors.map((id) => ["sensor", id]), ["from", iso(from)], ["to", iso(to)], ["limit", MAX_MARKS]]);
  const response = await requestJson(`/api/excursions?${query}`);
  if (!response.ok) return [];
  const seconds = (moment) => Date.parse(moment) / 1000;
  const isCritical = ({ severity }) => severity === "critical"; // these are drawn last, above the others
  const excursions = response.value.excursions.sort((a, b) => isCritical(a) - isCritical(b));
  return excursions.map(({ started_at, ended_at, severity }) => ({
    from: seconds(started_at),
    to: ended_at === null ? null : seconds(ended_at),
    color: BACKGROUNDS[severity],
  }));
}

/** The unit and the limits of the sensors. Without a common unit, and for what cannot be loaded, it is °C. */
export async function loadSettings(sensors) {
  const responses = await Promise.all(sensors.map((id) => requestJson(`/api/sensors/${encodeURIComponent(id)}`)));
  const known = responses.filter(({ ok }) => ok).map(({ value }) => value);
  const [unit, ...others] = new Set(responses.map(({ ok, value }) => (ok && value.unit) || CELSIUS));
  return { unit: others.length || !unit ? CELSIUS : unit, limits: known.flatMap(({ limits }) => limits) };
}

/** The lines of the limits that are temperatures; of limits with the same threshold only that of the most severe. */
export function linesOf({ limits, unit }) {
  const isCritical = ({ severity }) => severity === "critical";
  const lines = limits
    .filter(({ kind }) => kind === "high" || kind === "low")
    .sort((a, b) => isCritical(a) - isCritical(b))
    .map(({ kind, threshold, severity }) => ({
      value: fromCelsius(threshold, unit),
      color: COLORS[severity],
      label: `${kind} ${temperature(threshold, unit)}${severity === "critical" ? ", critical" : ""}`,
    }));
  return [...new Map(lines.map((line) => [line.value, line])).values()];
}
