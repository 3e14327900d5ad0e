// What is wrong, since when, and what to do about it.

import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { duration, quantity, time } from "./format.js";
import { secondsSince, state } from "./live-state.js";
import { setTitlePrefix } from "./title.js";

const MAX_ANNOUNCED = 5;
const MAX_SHOWN = 200; // each offline sensor is one, and thousands would take the browser seconds
const section = $("#problems");
const list = $("ul", section);
const isCritical = ({ severity }) => severity === "critical";
const keyOf = ({ kind, subject }) => `${kind} ${subject}`;
let previousMessages = null; // by key
let isLive = true;
let excursions = []; // those that have not ended

export function update() {
  const { problems } = state;
  setVisible(section, problems.length > 0);
  const sorted = [...problems].sort((a, b) => isCritical(b) - isCritical(a));
  reconcileChildren(list, sorted.slice(0, MAX_SHOWN), keyOf, create, fill);
  const rest = sorted.length - MAX_SHOWN;
  setVisible($(".rest", section), rest > 0);
  setTextWithCode($(".rest", section), `and ${quantity(rest, "more problem")}: \`sensorctl status\` shows all.`);
  updateOverallStatus();
  announceChanges(problems);
}

/** Show whether the page is live: what it does not know any more is not "No problems". */
export function setLive(live) {
  isLive = live;
  updateOverallStatus();
}

/** Show that sensors are beyond their limits: the system has no problem then, but what it measures has. */
export function setExcursions(ongoing) {
  excursions = ongoing;
  updateOverallStatus();
}

function updateOverallStatus() {
  const { problems } = state;
  const all = [...problems, ...excursions];
  const counts = [];
  if (problems.length) counts.push(quantity(problems.length, "problem"));
  if (excursions.length) counts.push(`${excursions.length} beyond limits`);
  const badge = $("#overall-status");
  setText(badge, !isLive ? "Not live" : counts.join(", ") || "No problems");
  badge.dataset.state = !isLive || all.some(isCritical) ? "bad" : all.length ? "warn" : "good";
  setTitlePrefix(!isLive ? "(not live) " : all.length ? `(${all.length}) ` : "");
}

function create({ severity }) {
  return createElement(
    "li",
    { className: "problem", "data-severity": severity },
    createElement("p", { className: "message" }),
    createElement("p", { className: "since" }),
    createElement("p", { className: "hint" }),
  );
}

function fill(item, { message, hint, started_at }) {
  setText($(".message", item), message);
  setTextWithCode($(".hint", item), hint);
  item.dataset.startedAt = started_at ?? "";
  updateAge(item);
}

function updateAge(item) {
  const { startedAt } = item.dataset;
  const text = startedAt ? `since ${time(startedAt)}, for ${duration(secondsSince(startedAt))}` : "since an unknown time";
  setText($(".since", item), text);
}

/** Update how long each has lasted, once per second. */
export function updateAges() {
  for (const item of list.children) updateAge(item);
}

function announceChanges(problems) {
  const messages = new Map(problems.map((problem) => [keyOf(problem), problem.message]));
  const changes = [];
  for (const [key, message] of messages) if (!previousMessages?.has(key)) changes.push(`Problem: ${message}`);
  for (const [key, message] of previousMessages ?? []) if (!messages.has(key)) changes.push(`Resolved: ${message}`);
  const rest = changes.splice(MAX_ANNOUNCED).length;
  if (rest) changes.push(`and ${rest} more.`);
  if (changes.length) announce(changes.join(" "));
  previousMessages = messages;
}
