// Each process: how it answers, since when, and how often it was started again.

import { $, el, keyed, say } from "./dom.js";
import { span, time } from "./format.js";
import { known, secondsSince } from "./live.js";

const WORDS = { ready: "ready", "not-ready": "not ready", stalled: "stalled", down: "down" };
const list = $("#services ul");

export function update() {
  keyed(list, known.services, (service) => service.name, make, fill);
}

function make({ name }) {
  return el(
    "li",
    { className: "service" },
    el("b", {}, name),
    el("span", { className: "health pill" }),
    el("span", { className: "why" }),
    el("span", { className: "since" }),
  );
}

function fill(item, { health, reason, health_since, started_at, restarts }) {
  const state = $(".health", item);
  say(state, WORDS[health] ?? health);
  state.dataset.state = health === "ready" ? "good" : health === "not-ready" ? "warn" : "bad";
  say($(".why", item), reason ?? "");
  Object.assign(item.dataset, { since: health_since ?? "", started: started_at ?? "", restarts: restarts ?? "" });
  age(item);
}

function age(item) {
  const { since, started, restarts } = item.dataset;
  const words = [];
  if (since) words.push(`for ${span(secondsSince(since))}`);
  if (started) words.push(`started ${time(started)}`);
  if (restarts) words.push(restarts === "1" ? "1 restart" : `${restarts} restarts`);
  say($(".since", item), words.join(" · "));
}

/** Once a second: how long each is so. */
export function tick() {
  for (const item of list.children) age(item);
}
