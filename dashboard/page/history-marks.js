// What a chart of sensors shows besides their temperatures: excursions and anomalies as marks, the limits as lines, the unit.

import { requestJson } from "./api.js";
import { serverNow } from "./live-state.js";
import { CELSIUS, fromCelsius, temperature } from "./units.js";

const MAX_MARKS = 1_000; // the server's limit
const BACKGROUNDS = { warning: "warn-background", critical: "bad-background" };
const COLORS = { warning: "warn", critical: "bad" };

/** The excursions and anomalies of a view `{ sensors, from, to }` as marks; none if they cannot be loaded. */
export async function loadMarks(view) {
  const load = async (kind) => {
    const response = await requestJson(`/api/${kind}?${queryOf(view)}`);
    return response.ok ? response.value[kind] : [];
  };
  const [excursions, anomalies] = await Promise.all([load("excursions"), load("anomalies")]);
  const end = Math.min(view.to, serverNow() / 1000); // what lasts does not reach into the future
  return { excursions: excursionMarks(excursions, end), anomalies: anomalyMarks(anomalies, end) };
}

function queryOf({ sensors, from, to }) {
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  return new URLSearchParams([...sensors.map((id) => ["sensor", id]), ["from", iso(from)], ["to", iso(to)], ["limit", MAX_MARKS]]);
}

function rangeOf({ started_at, ended_at }, end) {
  const seconds = (moment) => Date.parse(moment) / 1000;
  return { from: seconds(started_at), to: ended_at === null ? end : seconds(ended_at) };
}

function excursionMarks(excursions, end) {
  const isCritical = ({ severity }) => severity === "critical"; // these are drawn last, above the others
  const sorted = excursions.sort((a, b) => isCritical(a) - isCritical(b));
  return sorted.map((excursion) => ({ ...rangeOf(excursion, end), color: BACKGROUNDS[excursion.severity] }));
}

/** What a person marked as wrong is no anomaly. */
function anomalyMarks(anomalies, end) {
  const shown = anomalies.filter(({ verdict }) => verdict !== "wrong");
  return shown.map((anomaly) => ({ ...rangeOf(anomaly, end), color: "anomaly-background", flag: "anomaly" }));
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
