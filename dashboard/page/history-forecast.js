// The forecasts of the sensors of a chart: what is expected from now on, as a line and a band.

import { requestJson } from "./api.js";
import { degrees } from "./format.js";
import { serverNow } from "./live-state.js";
import { fromCelsius, symbolOf } from "./units.js";
import { dateAndTime } from "./zones.js";

const SHOWN_SECONDS = 6 * 3600; // before and after now
const COLOR = "forecast-background";

/** The forecast of each sensor, as points `{ at, mean, lower, upper }` with `at` in seconds since 1970; none if unknown. */
export async function loadForecasts(sensors) {
  const responses = await Promise.all(sensors.map((sensor) => requestJson(`/api/forecast?${new URLSearchParams({ sensor })}`)));
  return responses.map(({ ok, value }) => (ok && value.forecast ? value.forecast.points.map(toSeconds) : []));
}

const toSeconds = (point) => ({ ...point, at: Date.parse(point.at) / 1000 });

/** The range in which the forecast is shown, with as much of the past. */
export function aroundNow() {
  const now = Math.floor(serverNow() / 1000);
  return { from: now - SHOWN_SECONDS, to: now + SHOWN_SECONDS };
}

/** Whether something is expected after a time. */
export const reachesBeyond = (forecasts, at) => forecasts.some((points) => points.length > 0 && points.at(-1).at > at);

/** The points of a chart within a range of time, in a unit: `[at, lower, mean, upper, 0]` of each sensor. */
export function forecastPoints(forecasts, from, to, unit) {
  const convert = (value) => fromCelsius(value, unit);
  const isShown = ({ at }) => at >= from && at <= to;
  return forecasts.map((points) => points.filter(isShown).map(({ at, mean, lower, upper }) => [at, convert(lower), convert(mean), convert(upper), 0]));
}

/** The series of the forecasts and their bands, whose first column is the one after `columns`. */
export function forecastSeries(sensors, columns) {
  const edge = { width: 0, points: { show: false } };
  const series = sensors.flatMap((id, i) => {
    const color = `history-${i + 1}`;
    const expected = { label: `${id} forecast`, color, dash: [5, 4], points: { show: false } };
    return [{ label: `${id} forecast from`, color, ...edge }, expected, { label: `${id} forecast to`, color, ...edge }];
  });
  const bands = sensors.map((_, i) => [columns + 3 * i + 3, columns + 3 * i + 1, `history-${i + 1}-band`]);
  return { series, bands };
}

/** The mark of the time from now on; none where no point is expected. */
export const futureMarks = (points, now) => (points.some((of) => of.length > 0 && of.at(-1)[0] > now) ? [{ from: now, to: null, color: COLOR, label: "forecast" }] : []);

/** The last points of the forecasts, in words; empty without any. */
export function describeForecasts(titles, points, unit, zone) {
  const parts = titles.flatMap((title, i) => {
    if (!points[i]?.length) return [];
    const [at, lower, mean, upper] = points[i].at(-1);
    return [`${title}: ${degrees(mean)} ${symbolOf(unit)} (${degrees(lower)} to ${degrees(upper)}) at ${dateAndTime(at, zone)}`];
  });
  return parts.length ? ` Forecast: ${parts.join("; ")}.` : "";
}
