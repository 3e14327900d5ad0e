// The form that requests a report of sensors and a period, or one of each day, week or month.

import * as account from "./account.js";
import { createRepeatableSender, requestJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure, refuseBadInput, showFormError } from "./forms.js";
import { serverNow, state } from "./live-state.js";
import { addressOf } from "./router.js";
import { createOfReports } from "./schedules.js";
import { fromLocal, skippedTime, VIEWER_ZONE } from "./zones.js";

const requestReport = createRepeatableSender("/api/reports");
const form = $("#report-form form");
const submit = $("button[type=submit]", form);
const requested = $(".requested", form);
// Weeks and their reports start on Monday, as those of `sensorctl report schedule`.
const REPEATED = {
  day: { period: "last-day", days: "* * *" },
  week: { period: "last-week", days: "* * 1" },
  month: { period: "last-month", days: "1 * *" },
};
const { repeat, at, schedule, of, sensors, location: place, period, from, to, time_zone: zone, preset, language, title, recipients, keep } = form.elements;
const SCHEDULE_NAME = /^[a-z0-9][a-z0-9._-]*$/i; // as of the API
let onRequest = () => {};
let isSending = false;

export function initialize(listener) {
  onRequest = listener;
  zone.value = VIEWER_ZONE;
  for (const input of [repeat, of, period]) input.addEventListener("change", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isSending && !refuseBadInput(form)) send();
  });
  account.onAccess(update);
  update();
}

/** Offer the sensors and the locations of now; what was selected stays. */
export function offerSensors() {
  const known = [...state.sensors.values()];
  const create = () => createElement("option");
  reconcileChildren(sensors, known, (each) => each.sensor_id, create, (option, { sensor_id, name }) => {
    option.value = sensor_id;
    setText(option, name ? `${name} (${sensor_id})` : sensor_id);
  });
  const locations = [...new Set(known.map((each) => each.location).filter(Boolean))].sort();
  reconcileChildren(place, locations, (each) => each, (each) => createElement("option", {}, each));
}

/** Offer the presets of now. */
export async function offerPresets() {
  const response = await requestJson("/api/report-presets");
  if (!response.ok) return;
  const options = [{ name: "", title: "the sensors' own" }, ...response.value.presets];
  reconcileChildren(preset, options, (each) => each.name, () => createElement("option"), (option, { name, title }) => {
    option.value = name;
    setText(option, name ? `${name}: ${title}` : title);
  });
}

function update() {
  for (const [input, isSelected] of [[sensors, of.value === "sensors"], [place, of.value === "location"]]) setVisible(input.closest("label"), isSelected);
  const isRepeated = repeat.value !== "";
  for (const input of [at, schedule]) setVisible(input.closest("label"), isRepeated);
  setVisible(period.closest("label"), !isRepeated);
  for (const input of [from, to]) setVisible(input.closest("label"), !isRepeated && period.value === "");
  const role = isRepeated ? "admin" : "operator"; // as of the API
  setText(submit, isRepeated ? "Make the schedule" : "Make the report");
  setTextWithCode($(".may-not", form), account.hint(role));
  submit.disabled = !account.may(role);
}

/** What the form requests; local times are those of the zone. */
function spec() {
  const moment = (input) => new Date(fromLocal(input.value, zone.value.trim())).toISOString();
  const formats = [...form.querySelectorAll("[name=formats]:checked")].map((box) => box.value);
  return {
    ...(of.value === "sensors" ? { sensors: [...sensors.selectedOptions].map((option) => option.value) } : { location: place.value }),
    ...periodOf(moment),
    formats,
    ...(zone.value.trim() ? { time_zone: zone.value.trim() } : {}),
    ...(preset.value ? { preset: preset.value } : {}),
    language: language.value,
    ...(title.value.trim() ? { title: title.value.trim() } : {}),
    recipients: recipients.value.split(/[\s,;]+/).filter(Boolean),
    keep: keep.checked,
  };
}

function periodOf(moment) {
  const relative = REPEATED[repeat.value]?.period ?? period.value;
  return relative ? { period: relative } : { from: moment(from), to: moment(to) };
}

/** Why the form cannot be sent, with the field; null if it can. */
function problem() {
  if (of.value === "sensors" && !sensors.selectedOptions.length) return ["Choose at least one sensor.", "sensors"];
  if (of.value === "location" && !place.value) return ["No sensor has a location: choose sensors.", "location"];
  if (!form.querySelector("[name=formats]:checked")) return ["Choose at least one format.", null];
  if (repeat.value) return problemOfSchedule();
  if (period.value) return null;
  if (!from.value) return ["Enter when the period starts.", "from"];
  if (!to.value) return ["Enter when the period ends.", "to"];
  if (!isZone(zone.value.trim())) return [`There is no time zone ${zone.value}: write a name such as Europe/Berlin.`, "time_zone"];
  const skipped = [from, to].find((input) => skippedTime(input.value, zone.value.trim()));
  if (skipped) return [skippedTime(skipped.value, zone.value.trim()), skipped.name];
  const [start, end] = [from, to].map((input) => fromLocal(input.value, zone.value.trim()));
  if (start >= end) return ["The period must start before it ends.", "from"];
  return end > serverNow() ? ["The period must have ended: a report is of what was measured.", "to"] : null;
}

function problemOfSchedule() {
  if (!at.value) return ["Enter a time of day.", "at"];
  if (!schedule.value.trim()) return ["Enter a name for the schedule.", "schedule"];
  if (!SCHEDULE_NAME.test(schedule.value.trim())) return ["The name must consist of letters from A to Z, digits, and . _ -", "schedule"];
  return isZone(zone.value.trim()) ? null : [`There is no time zone ${zone.value}: write a name such as Europe/Berlin.`, "time_zone"];
}

function isZone(name) {
  try {
    return Boolean(name && new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

async function send() {
  const [message, field] = problem() ?? ["", null];
  showFormError(form, message, field);
  if (message) return;
  requested.replaceChildren();
  isSending = true;
  await (repeat.value ? sendSchedule() : sendReport());
  isSending = false;
}

const fieldOf = ({ field }) => /^(?:body\.)?(?:spec\.)?(\w+)/.exec(field ?? "")?.[1];

async function sendSchedule() {
  const [hour, minute] = at.value.split(":").map(Number);
  const name = schedule.value.trim();
  const cron = `${minute} ${hour} ${REPEATED[repeat.value].days}`;
  const refused = await createOfReports(name, { spec: spec(), cron, time_zone: zone.value.trim() });
  if (refused) return showFormError(form, failure("created", refused), fieldOf(refused));
  requested.append(`Created: ${name} is in the table below, with its next time.`);
  announce("Schedule created");
  onRequest();
}

async function sendReport() {
  const response = await requestReport(spec());
  if (!response.ok) return showFormError(form, failure("requested", response.value), fieldOf(response.value));
  const link = createElement("a", { href: addressOf("workflow", response.value.workflow_id) }, "its workflow");
  requested.append("Requested: it appears below once it is made; see ", link, ".");
  announce("Report requested");
  onRequest();
}
