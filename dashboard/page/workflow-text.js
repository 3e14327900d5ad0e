// What workflows, jobs and events are in words.

import { setText } from "./dom.js";
import { count, duration, rate, time } from "./format.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const PILLS = { succeeded: "good", failed: "bad", cancelled: "warn", cancelling: "warn", paused: "warn" };
const MIN_RATE_SECONDS = 1;
const IS_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

export const hasEnded = ({ state }) => ENDED.includes(state);

/** How the state of a workflow or a job is coloured. */
export const pillOf = (state) => PILLS[state] ?? "";

/** Show the state of a workflow or a job in its colour. */
export function fillPill(pill, item) {
  setText(pill, stateOf(item));
  pill.dataset.state = pillOf(item.state);
}

/** The state, and what is requested if that differs from it. */
function stateOf({ state, desired_state }) {
  const isPending = !ENDED.includes(state) && state !== "cancelling" && state !== desired_state;
  return isPending && ["paused", "cancelled"].includes(desired_state) ? `${state}, to be ${desired_state}` : state;
}

/** Who requested a workflow. */
export const requesterOf = ({ schedule, requested_by }) => (schedule ? `schedule ${schedule}` : requested_by);

/** Fields as text, such as `source attic, from 1 Jan, 00:00`. */
export const fieldsOf = (fields) =>
  Object.entries(fields ?? {})
    .filter(([, value]) => value !== null && !isEmpty(value))
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${valueOf(value)}`)
    .join(", ");

function valueOf(value) {
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  return IS_TIME.test(value) ? time(value) : value;
}

const isEmpty = (value) => typeof value === "object" && Object.keys(value).length === 0;

/** What an event says besides its state; its message, reason or error comes first. */
export function detailOf({ detail }) {
  const { message, reason, error, done, total, counts, ...others } = detail;
  const extent = done ? extentOf(done, total ?? null) : "";
  return [message, reason, error, extent, fieldsOf(counts), fieldsOf(others)].filter(Boolean).join(", ");
}

/** How far a workflow or a job is, such as `50 of 200 (25 %), 10.0/s, 15 s to go`. */
export function progressOf(item) {
  if (!item.done && item.total === null) return "";
  const seconds = item.started_at ? secondsOf(item) : 0;
  const perSecond = seconds >= MIN_RATE_SECONDS ? item.done / seconds : 0;
  const parts = [extentOf(item.done, item.total)];
  if (perSecond) parts.push(`${rate(perSecond)}/s`);
  if (perSecond && !hasEnded(item) && item.total > item.done) {
    parts.push(`${duration((item.total - item.done) / perSecond)} to go`);
  }
  return parts.join(", ");
}

function extentOf(done, total) {
  if (total === null) return count(done);
  return `${count(done)} of ${count(total)}${total ? ` (${Math.floor((100 * done) / total)} %)` : ""}`;
}

/** How many jobs are in which state, such as `3 of 5 succeeded, 2 running`. */
export function jobsOf({ jobs_by_state }) {
  const total = Object.values(jobs_by_state).reduce((sum, jobs) => sum + jobs, 0);
  const others = Object.entries(jobs_by_state).filter(([state]) => state !== "succeeded");
  return [`${count(jobs_by_state.succeeded ?? 0)} of ${count(total)} succeeded`, ...others.map(([state, jobs]) => `${count(jobs)} ${state}`)].join(", ");
}

/** How long it took, or has been running. */
export const tookOf = (item) => (item.started_at ? duration(secondsOf(item)) : "");

const secondsOf = ({ started_at, ended_at }) => ((ended_at ? new Date(ended_at) : Date.now()) - new Date(started_at)) / 1000;

/** Why a job failed, when it is tried again, or what it reported last. */
export function noteOf(job) {
  const waits = job.state === "ready" && job.available_at && new Date(job.available_at) > Date.now();
  const retry = waits ? `tried again at ${time(job.available_at)}` : "";
  return [hasEnded(job) && job.state !== "failed" ? "" : job.error, retry, job.message, fieldsOf(job.counts)].filter(Boolean).join(", ");
}
