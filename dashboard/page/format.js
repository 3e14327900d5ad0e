// Formats numbers and times.

export const UNKNOWN = "–";

const withSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const withMinutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const grouped = new Intl.NumberFormat("en-GB");

const isUnknown = (value) => value === null || value === undefined;

export const degrees = (value) => (isUnknown(value) ? UNKNOWN : value.toFixed(2));

export const count = (value) => (isUnknown(value) ? UNKNOWN : grouped.format(value));

export function rate(value) {
  if (isUnknown(value)) return UNKNOWN;
  return value >= 100 ? grouped.format(Math.round(value)) : value.toFixed(1);
}

/** A latency in seconds, in a readable unit. */
export function latency(seconds) {
  if (isUnknown(seconds)) return UNKNOWN;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return duration(seconds);
}

/** The interval between two readings in seconds, which may be short. */
export function interval(seconds) {
  if (seconds < 0.001) return "less than 1 ms";
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : duration(seconds);
}

/** The beginning of a text that is too long for its place. */
export const shorten = (text, length = 40) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** A duration in seconds, rounded to a whole unit. */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  if (s < 100 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} days`;
}

/** The time of day; with the date when that is not today. */
export function time(moment) {
  const date = new Date(moment);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? withSeconds.format(date) : `${day.format(date)}, ${withMinutes.format(date)}`;
}

export const hourAndMinute = (seconds) => withMinutes.format(new Date(seconds * 1000));
