// The schedules: when they come next, what they did last, and for an administrator whether they are enabled.

import { may } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { confirm } from "./confirmation.js";
import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure } from "./forms.js";
import { time } from "./format.js";
import { addressOf } from "./router.js";
import { fieldsOf } from "./workflow-text.js";

const DEFINITION = ["kind", "spec", "cron", "time_zone", "overlap", "catch_up", "enabled"];
const REPORT = "report";
const all = $("#schedules");
const ofReports = $("#report-schedules");

/** Load all schedules. */
export const load = () => loadInto(all, () => true);

/** Load the schedules of reports, of which there is a table only if there are some. */
export async function loadOfReports() {
  const count = await loadInto(ofReports, ({ kind }) => kind === REPORT);
  setVisible(ofReports, count !== 0);
}

/** Show the schedules that are meant, and return how many there are; null if that is not known. */
async function loadInto(section, isMeant) {
  const response = await requestJson("/api/schedules");
  if (!response.ok) {
    setText($(".note", section), `The schedules cannot be loaded: ${response.value.detail}`);
    return null;
  }
  const schedules = response.value.schedules.filter(isMeant);
  setTextWithCode($(".note", section), schedules.length ? "" : "None. Create one with `sensorctl schedule set`.");
  setVisible($(".scroll", section), schedules.length > 0);
  const reload = () => loadInto(section, isMeant);
  const fillRow = (row, schedule) => fill(row, schedule, section, reload);
  reconcileChildren($("tbody", section), schedules, (schedule) => schedule.name, create, fillRow);
  return schedules.length;
}

function create({ name }) {
  const cells = ["what text", "when", "next", "last", "change"].map((className) => createElement("td", { className }));
  cells[3].append(createElement("a"), createElement("span"));
  const buttons = ["toggle", "delete"].map((className) => createElement("button", { type: "button", className }));
  cells[4].append(buttons[0], " ", buttons[1]);
  setText(buttons[1], "Delete");
  buttons[1].setAttribute("aria-label", `Delete ${name}`);
  return createElement("tr", {}, createElement("th", { scope: "row" }, name), ...cells);
}

function fill(row, schedule, section, reload) {
  setText($(".what", row), [schedule.kind, fieldsOf(schedule.spec)].filter(Boolean).join(": "));
  setText($(".when", row), `${schedule.cron} (${schedule.time_zone})`);
  setText($(".next", row), schedule.next_at ? time(schedule.next_at) : "disabled");
  const link = $(".last a", row);
  setVisible(link, schedule.last_workflow_id !== null);
  if (schedule.last_workflow_id) link.href = addressOf("workflow", schedule.last_workflow_id);
  setText(link, schedule.last_state ?? "");
  setText($(".last span", row), schedule.fired_at ? ` ${schedule.outcome} at ${time(schedule.fired_at)}` : "never");
  const [toggle, remove] = row.querySelectorAll("button");
  for (const button of [toggle, remove]) setVisible(button, may("admin"));
  setText(toggle, schedule.enabled ? "Disable" : "Enable");
  toggle.setAttribute("aria-label", `${schedule.enabled ? "Disable" : "Enable"} ${schedule.name}`);
  toggle.onclick = () => change(toggle, { ...schedule, enabled: !schedule.enabled }, section, reload);
  remove.onclick = () => confirmDeletion(schedule, reload);
}

const addressOfSchedule = (name) => `/api/schedules/${encodeURIComponent(name)}`;

async function change(button, schedule, section, reload) {
  button.disabled = true;
  setText($(".error", section), "");
  const definition = Object.fromEntries(DEFINITION.map((name) => [name, schedule[name]]));
  const response = await sendJson(addressOfSchedule(schedule.name), definition, "PUT");
  button.disabled = false;
  if (response.ok) announce(schedule.enabled ? `Enabled ${schedule.name}` : `Disabled ${schedule.name}`);
  else setText($(".error", section), failure("changed", response.value));
  reload();
}

function confirmDeletion({ name }, reload) {
  confirm({
    title: `Delete ${name}?`,
    explanation: "It requests no workflow any more. Those that it has requested, and their reports, stay.",
    verb: "Delete",
    isDanger: true,
    run: async () => {
      const response = await requestJson(addressOfSchedule(name), { method: "DELETE" });
      reload();
      if (response.ok) announce(`Deleted ${name}`);
      return response.ok ? null : failure("deleted", response.value);
    },
  });
}

/** Create a schedule of reports; return why it was not created, or null. */
export async function createOfReports(name, { spec, cron, time_zone }) {
  const address = addressOfSchedule(name);
  const found = await requestJson(address);
  if (found.ok) return { detail: `There is a schedule ${name} already: choose another name, or delete it.`, field: "schedule" };
  const response = found.status === 404 ? await sendJson(address, { kind: REPORT, spec, cron, time_zone }, "PUT") : found;
  return response.ok ? null : response.value;
}
