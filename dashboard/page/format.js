// Formats numbers and times.

export const UNKNOWN = "–";

const withSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const withMinutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const grouped = new Intl.NumberFormat("en-GB");

const isUnknown = (value) => value === null || value === undefined;

export const degrees = (value) => (isUnknown(value) ? UNKNOWN : value.toFixed(2));

export const count = (value) => (isUnknown(value) ? UNKNOWN : grouped.format(value));

/** A number with its noun, in the plural unless it is one. */
export const quantity = (number, noun) => `${count(number)} ${number === 1 ? noun : `${noun}s`}`;

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

/** A duration in seconds, in the largest unit that it contains at least twice, as `sensorctl` shows it. */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const [unit, length] = Object.entries({ d: 86400, h: 3600, min: 60 }).find(([, each]) => s >= 2 * each) ?? ["s", 1];
  return `${Math.floor(s / length)} ${unit}`;
}

/** A duration in seconds to the second, such as "2 d 3 h 5 min": a figure, and not an age that goes on. */
export function exactDuration(seconds) {
  let remaining = Math.max(0, Math.round(seconds));
  if (remaining === 0) return seconds > 0 ? "< 1 s" : "0 s";
  const parts = [];
  for (const [unit, length] of Object.entries({ d: 86400, h: 3600, min: 60, s: 1 })) {
    const count = Math.floor(remaining / length);
    remaining %= length;
    if (count) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}

/** A duration in seconds as limits have it: exactly, in the largest unit of which it is a whole number. */
export function toDuration(seconds) {
  const [unit, factor] = Object.entries({ d: 86400, h: 3600, m: 60 }).find(([, each]) => seconds && seconds % each === 0) ?? ["s", 1];
  return `${seconds / factor}${unit}`;
}

/** The time of day; with the date when that is not today, and with the year when that is another one. */
export function time(moment) {
  const [date, today] = [new Date(moment), new Date()];
  if (date.toDateString() === today.toDateString()) return withSeconds.format(date);
  const dates = date.getFullYear() === today.getFullYear() ? day : dayOfYear;
  return `${dates.format(date)}, ${withMinutes.format(date)}`;
}

export const hourAndMinute = (seconds) => withMinutes.format(new Date(seconds * 1000));
