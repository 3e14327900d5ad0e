// What is wrong, since when, and what to do about it.

import { $, announce, el, explain, keyed, say, show } from "./dom.js";
import { span, time } from "./format.js";
import { known, secondsSince } from "./live.js";

const section = $("#problems");
const list = $("ul", section);
const isGrave = ({ severity }) => severity === "critical";
const keyOf = (problem) => `${problem.kind} ${problem.subject}`;
let before = null;

export function update() {
  const { problems } = known;
  show(section, problems.length > 0);
  const sorted = [...problems].sort((a, b) => isGrave(b) - isGrave(a));
  keyed(list, sorted, keyOf, make, fill);
  const words = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const verdict = $("#verdict");
  say(verdict, problems.length ? words : "All is well");
  verdict.dataset.state = problems.some(isGrave) ? "bad" : problems.length ? "warn" : "good";
  say($("title", document.head), problems.length ? `(${problems.length}) Sensors` : "Sensors");
  tell(problems);
}

function make(problem) {
  return el(
    "li",
    { className: "problem", "data-grave": isGrave(problem) },
    el("p", { className: "sentence" }),
    el("p", { className: "since" }),
    el("p", { className: "advice" }),
  );
}

function fill(item, { message, hint, started_at }) {
  say($(".sentence", item), message);
  explain($(".advice", item), hint);
  item.dataset.since = started_at ?? "";
  age(item);
}

function age(item) {
  const { since } = item.dataset;
  say($(".since", item), since ? `since ${time(since)}, for ${span(secondsSince(since))}` : "since an unknown time");
}

/** Once a second: how long each lasts. */
export function tick() {
  for (const item of list.children) age(item);
}

function tell(problems) {
  const now = new Map(problems.map((problem) => [keyOf(problem), problem.message]));
  const said = [];
  for (const [key, message] of now) if (!before?.has(key)) said.push(`Problem: ${message}`);
  for (const [key, message] of before ?? []) if (!now.has(key)) said.push(`Solved: ${message}`);
  if (said.length > 5) said.splice(5, said.length, `and ${said.length - 5} more.`);
  if (said.length) announce(said.join(" "));
  before = now;
}
