// The schedules: when they come next, what they did last, and for an administrator whether they are enabled.

import { may } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { time } from "./format.js";
import { addressOf } from "./router.js";
import { fieldsOf } from "./workflow-text.js";

const DEFINITION = ["kind", "spec", "cron", "time_zone", "overlap", "catch_up", "enabled"];
const section = $("#schedules");

export async function load() {
  const response = await requestJson("/api/schedules");
  if (!response.ok) return setText($(".note", section), `The schedules cannot be loaded: ${response.value.detail}`);
  const { schedules } = response.value;
  setTextWithCode($(".note", section), schedules.length ? "" : "None. Create one with `sensorctl schedule set`.");
  setVisible($(".scroll", section), schedules.length > 0);
  reconcileChildren($("tbody", section), schedules, (schedule) => schedule.name, create, fill);
}

function create({ name }) {
  const cells = ["what text", "when", "next", "last", "change"].map((className) => createElement("td", { className }));
  cells[3].append(createElement("a"), createElement("span"));
  cells[4].append(createElement("button", { type: "button" }));
  return createElement("tr", {}, createElement("th", { scope: "row" }, name), ...cells);
}

function fill(row, schedule) {
  setText($(".what", row), [schedule.kind, fieldsOf(schedule.spec)].filter(Boolean).join(": "));
  setText($(".when", row), `${schedule.cron} (${schedule.time_zone})`);
  setText($(".next", row), schedule.next_at ? time(schedule.next_at) : "disabled");
  const link = $(".last a", row);
  setVisible(link, schedule.last_workflow_id !== null);
  if (schedule.last_workflow_id) link.href = addressOf("workflow", schedule.last_workflow_id);
  setText(link, schedule.last_state ?? "");
  setText($(".last span", row), schedule.fired_at ? ` ${schedule.outcome} at ${time(schedule.fired_at)}` : "never");
  const button = $("button", row);
  setVisible(button, may("admin"));
  setText(button, schedule.enabled ? "Disable" : "Enable");
  button.setAttribute("aria-label", `${schedule.enabled ? "Disable" : "Enable"} ${schedule.name}`);
  button.onclick = () => change(button, { ...schedule, enabled: !schedule.enabled });
}

async function change(button, schedule) {
  button.disabled = true;
  const definition = Object.fromEntries(DEFINITION.map((name) => [name, schedule[name]]));
  const response = await sendJson(`/api/schedules/${encodeURIComponent(schedule.name)}`, definition, "PUT");
  button.disabled = false;
  setText($(".error", section), response.ok ? "" : `Not changed: ${response.value.detail}`);
  if (response.ok) announce(schedule.enabled ? `Enabled ${schedule.name}` : `Disabled ${schedule.name}`);
  load();
}
