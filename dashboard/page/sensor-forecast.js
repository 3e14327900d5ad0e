// What is expected of a sensor, on its page; of an offline one also what it would measure.

import { may, onAccess } from "./account.js";
import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setVisible } from "./dom.js";
import { duration, time } from "./format.js";
import { serverNow } from "./live-state.js";
import { CELSIUS, fromCelsius, symbolOf } from "./units.js";

const REFRESH_MS = 15_000;
const HORIZONS_MS = [1, 6, 24].map((hours) => hours * 3_600_000);
const section = $("#sensor .forecast");
let sensor = null;

export function initialize() {
  onAccess(load);
  repeatWhileShown($("#sensor"), load, REFRESH_MS);
}

/** Show the forecast of a sensor. */
export function show(latest) {
  if (sensor?.sensor_id !== latest?.sensor_id) update({ forecast: null, virtual_value: null }, "Loading …");
  sensor = latest;
  load();
}

async function load() {
  if (!sensor || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/forecast?${new URLSearchParams({ sensor: id })}`);
  if (id !== sensor?.sensor_id) return;
  if (response.ok) update(response.value, response.value.forecast ? "" : "No forecast: the sensor has not been analysed for longer than one half hour (to :00 or :30) yet.");
  else update({ forecast: null, virtual_value: null }, `The forecast cannot be loaded: ${response.value.detail}`);
}

function update({ forecast, virtual_value }, note) {
  const now = serverNow();
  const points = forecast ? pointsAhead(forecast, now) : [];
  const outdated = forecast && !points.length ? "The latest forecast is over, since no reading has followed it." : note;
  setText($(".note", section), outdated);
  reconcileChildren($("ul", section), points, ({ at }) => at, () => createElement("li", {}), (item, point) => {
    const seconds = (Date.parse(point.at) - now) / 1000;
    setText(item, `In ${duration(toNearestHour(seconds))}, at ${time(point.at)}: ${interval(point.mean, point)}`);
  });
  setText($(".origin", section), forecast ? describeOrigin(forecast) : "");
  setText($(".virtual", section), virtual_value ? describeVirtual(virtual_value) : "");
  setVisible($(".virtual", section), virtual_value !== null);
}

/** Points are on the half hour, so 6 hours ahead is seldom exact; durations are rounded down. */
const toNearestHour = (seconds) => (seconds < 2 * 3600 ? seconds : Math.round(seconds / 3600) * 3600);

/** Of the points that are still ahead, for each horizon the nearest one; none if that is more than a step off. */
function pointsAhead({ points, step_seconds }, now) {
  const ahead = points.filter(({ at }) => Date.parse(at) > now);
  const near = HORIZONS_MS.flatMap((horizon) => {
    const offset = ({ at }) => Math.abs(Date.parse(at) - now - horizon);
    const nearest = [...ahead].sort((a, b) => offset(a) - offset(b))[0];
    return nearest && offset(nearest) <= step_seconds * 1000 ? [nearest] : [];
  });
  return [...new Set(near)];
}

function interval(value, { lower, upper }) {
  const unit = sensor?.unit ?? CELSIUS;
  const [shown, low, high] = [value, lower, upper].map((each) => fromCelsius(each, unit).toFixed(2));
  return `${shown} ${symbolOf(unit)}, 95 % interval ${low} to ${high} ${symbolOf(unit)}`;
}

const describeOrigin = ({ kind, version, made_at }) => `By the model ${kind}, version ${version}, from readings until ${time(made_at)}.`;

function describeVirtual(virtual) {
  const by = virtual.neighbours.join(", ");
  return `The sensor is offline. By its neighbours (${by}), it would measure ${interval(virtual.value, virtual)}, at ${time(virtual.at)}.`;
}
