// Local times of a time zone. A zone is a name such as Europe/Berlin.

const MINUTE_MS = 60_000;
const formats = new Map();

export const VIEWER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function formatOf(zone, options) {
  const key = `${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

/** The parts of a moment, given in milliseconds since 1970, by the clocks of the zone. */
function partsOf(at, zone) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return Object.fromEntries(formatOf(zone, options).formatToParts(at).map(({ type, value }) => [type, value]));
}

/** The local time of a moment for a `datetime-local` input. */
export function toLocal(at, zone) {
  const { year, month, day, hour, minute } = partsOf(at, zone);
  return `${year.padStart(4, "0")}-${month}-${day}T${hour}:${minute}`;
}

/** The moment in milliseconds at which the clocks of the zone show this local time; the first one if there are two. */
export function fromLocal(local, zone) {
  const utc = Date.parse(`${local}Z`);
  if (Number.isNaN(utc)) return null;
  const candidates = [-1, 0, 1].map((days) => utc - offsetAt(utc + days * 86_400_000, zone));
  const shown = candidates.filter((at) => toLocal(at, zone) === local.slice(0, 16));
  return Math.min(...(shown.length ? shown : candidates));
}

/** Why a local time is none: the clocks of the zone skip it; an empty text if they show it. */
export const skippedTime = (local, zone) =>
  toLocal(fromLocal(local, zone), zone) === local.slice(0, 16) ? "" : "This time does not exist: the clocks were set forward then.";

function offsetAt(at, zone) {
  const { year, month, day, hour, minute } = partsOf(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** A moment in seconds since 1970 as a date and a time. */
export const dateAndTime = (seconds, zone) =>
  formatOf(zone, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(seconds * 1000);

/** Labels of a time axis, whose values are `step` seconds apart. */
export function axisLabels(times, step, zone) {
  const time = step < 60 ? { hour: "2-digit", minute: "2-digit", second: "2-digit" } : { hour: "2-digit", minute: "2-digit" };
  const date = step < 27 * 86_400 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
  return times.map((seconds) => {
    const { hour, minute, second } = partsOf(seconds * 1000, zone);
    const isMidnight = hour === "00" && minute === "00" && second === "00";
    return formatOf(zone, { ...(step >= 86_400 || isMidnight ? date : time), hourCycle: "h23" }).format(seconds * 1000);
  });
}
