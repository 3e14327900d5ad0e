// Each process: its health, since when, and how often it was restarted.

import { $, createElement, reconcileChildren, setText } from "./dom.js";
import { duration, time } from "./format.js";
import { secondsSince, state } from "./live-state.js";

const LABELS = { ready: "ready", "not-ready": "not ready", stalled: "stalled", down: "down" };
const list = $("#services ul");

export function update() {
  reconcileChildren(list, state.services, (service) => service.name, create, fill);
}

function create({ name }) {
  return createElement(
    "li",
    { className: "service" },
    createElement("b", {}, name),
    createElement("span", { className: "health pill" }),
    createElement("span", { className: "reason" }),
    createElement("span", { className: "since" }),
  );
}

function fill(item, { health, reason, health_since, started_at, restarts }) {
  const badge = $(".health", item);
  setText(badge, LABELS[health] ?? health);
  badge.dataset.state = health === "ready" ? "good" : health === "not-ready" ? "warn" : "bad";
  setText($(".reason", item), reason ?? "");
  item.dataset.healthSince = health_since ?? "";
  item.dataset.startedAt = started_at ?? "";
  item.dataset.restarts = restarts ?? "";
  updateAge(item);
}

function updateAge(item) {
  const { healthSince, startedAt, restarts } = item.dataset;
  const parts = [];
  if (healthSince) parts.push(`for ${duration(secondsSince(healthSince))}`);
  if (startedAt) parts.push(`started at ${time(startedAt)}`);
  if (restarts) parts.push(restarts === "1" ? "1 restart" : `${restarts} restarts`);
  setText($(".since", item), parts.join(" · "));
}

/** Update how long each has had its health, once per second. */
export function updateAges() {
  for (const item of list.children) updateAge(item);
}
