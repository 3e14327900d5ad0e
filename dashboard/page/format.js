// How numbers and times are written.

export const NONE = "–";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const short = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const whole = new Intl.NumberFormat("en-GB");

export const degrees = (value) => (value === null || value === undefined ? NONE : value.toFixed(2));

export const count = (value) => (value === null || value === undefined ? NONE : whole.format(value));

export function rate(value) {
  if (value === null || value === undefined) return NONE;
  return value >= 100 ? whole.format(Math.round(value)) : value.toFixed(1);
}

/** Seconds, in the unit in which one would say them. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return span(seconds);
}

/** A span of time, in whole units. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  if (s < 100 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} days`;
}

/** The time of a moment; with its day when that is not today. */
export function time(moment) {
  const date = new Date(moment);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${short.format(date)}`;
}

export const hourAndMinute = (seconds) => short.format(new Date(seconds * 1000));
