// The view `#/sensor/ID`: what people have set of a sensor, and the form that changes it.

import { hint, may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure, numberIn, refuseBadInput, showFormError } from "./forms.js";
import { time } from "./format.js";
import { rangeOf, rangeParameters } from "./history-address.js";
import { HistoryPanel } from "./history-panel.js";
import { addressOf, addView, replaceParameters } from "./router.js";
import * as anomalies from "./sensor-anomalies.js";
import * as excursions from "./sensor-excursions.js";
import * as forecast from "./sensor-forecast.js";
import * as limits from "./sensor-limits.js";
import * as merge from "./sensor-merge.js";
import * as models from "./sensor-models.js";
import * as silences from "./sensor-silences.js";
import { VIEWER_ZONE, fromLocal, skippedTime } from "./zones.js";

const PARTS = [forecast, models, anomalies, limits, excursions, silences, merge]; // of the page, which show the sensor, too
const section = $("#sensor");
const form = $(".sensor-settings", section);
const submit = $("button[type=submit]", form);
const TEXTS = ["name", "location", "note", "serial", "unit"];
const RETRY_MS = 5_000;
const FOLLOW_MS = 10_000;
const NOT_FOUND = 404;
const NUMBERS = ["expected_interval_seconds", "plausible_min", "plausible_max", "offset", "slope"];
let shownId = null;
let failedId = null; // the sensor that could not be loaded
let saved = null; // the sensor as the server has it
let panel = null;

export function initialize() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  onAccess(updateAccess);
  onAccess(retry);
  setInterval(() => may("viewer") && retry(), RETRY_MS);
  repeatWhileShown(section, () => panel.follow(), FOLLOW_MS);
  const onChange = (view) => replaceParameters(rangeParameters(view));
  panel = new HistoryPanel($(".history-panel", section), { onChange });
  forecast.initialize();
  models.initialize();
  anomalies.initialize(() => panel.load());
  limits.initialize(() => panel.load());
  excursions.initialize();
  silences.initialize();
  merge.initialize(() => load(shownId));
  addView("sensor", section, ({ id, parameters }) => {
    if (id !== shownId) load(id);
    panel.show({ sensors: id ? [id] : [], ...rangeOf(parameters) });
    return `Sensor ${id ?? ""} · Sensors`;
  });
}

/** Name the sensor as it is known; called with each update of the state. */
export function update() {
  if (!section.hidden) panel.legend.updateNames();
}

/** Load again what could not be loaded, for example before the login or while the database was down. */
function retry() {
  if (section.hidden || document.hidden) return;
  if (failedId !== null) load(failedId);
  panel?.retry();
}

const pathOf = (id) => `/api/sensors/${encodeURIComponent(id)}`;

/** Load the sensor. What was typed for it before is replaced, since another one was shown in between. */
async function load(id) {
  shownId = id;
  failedId = null;
  saved = null;
  form.reset();
  setText($("h2", section), `Sensor ${id ?? ""}`);
  showFormError(form, "");
  setText($(".state", section), "Loading …");
  setVisible($(".loaded", section), false);
  for (const part of PARTS) part.show(null);
  const wasAllowed = may("viewer");
  const response = await requestJson(pathOf(id ?? ""));
  if (id !== shownId) return;
  if (!response.ok) {
    if (may("viewer") && !wasAllowed) return load(id); // someone logged in meanwhile
    shownId = null; // the next visit tries again, and so does a login
    failedId = response.status === NOT_FOUND ? null : id;
    setText($(".state", section), `Not loaded: ${response.value.detail}`);
    return;
  }
  setVisible($(".loaded", section), true);
  fill(response.value);
}

const toSaved = (sensor) => ({ ...sensor, unit: sensor.unit === "celsius" ? null : sensor.unit });

function fill(sensor) {
  saved = toSaved(sensor);
  setText($("h2", section), sensor.name ? `${sensor.name} (${sensor.sensor_id})` : `Sensor ${sensor.sensor_id}`);
  for (const field of [...TEXTS, ...NUMBERS]) form.elements[field].value = saved[field] ?? "";
  form.elements.retired.checked = sensor.retired;
  form.elements.since.value = "";
  setTextWithCode($(".state", section), describe(sensor));
  const into = sensor.merged_into;
  setVisible($(".merged-into", section), into !== null);
  if (into !== null) $(".merged-into", section).href = addressOf("sensor", into);
  $(".to-history", section).href = addressOf("history", null, { sensor: sensor.sensor_id });
  showCalibrations(sensor.calibrations ?? []);
  updateAccess();
  for (const part of PARTS) part.show(sensor);
}

function describe(sensor) {
  if (sensor.merged_into) return `Retired: its readings were moved to ${sensor.merged_into}.`;
  const state = sensor.retired ? `Retired since ${time(sensor.retired_at)}: not monitored.` : "Monitored.";
  const until = sensor.recalibrated_until;
  return until ? `${state} Stored readings up to ${time(until)} have the calibration; the others follow.` : state;
}

function showCalibrations(calibrations) {
  setVisible($(".calibrations", section), calibrations.length > 0);
  const create = () => createElement("li", {});
  reconcileChildren($(".calibrations ul", section), calibrations, (each) => each.valid_from, create, (item, each) => {
    const { offset, slope, valid_from, created_by } = each;
    setText(item, `from ${time(valid_from)}: slope ${slope}, offset ${offset} K (set by ${created_by})`);
  });
}

function updateAccess() {
  const isMerged = Boolean(saved?.merged_into);
  submit.disabled = !may("operator") || isMerged;
  setTextWithCode($(".may-not", form), isMerged ? "" : hint("operator"));
}

/** The fields that differ from what the server has. An empty field is null. */
function changes() {
  const changed = {};
  for (const field of TEXTS) {
    const value = form.elements[field].value.trim() || null;
    if (value !== saved[field]) changed[field] = value;
  }
  for (const field of NUMBERS) {
    const value = numberIn(form.elements[field]);
    const isDefault = value === null && saved[field] === { offset: 0, slope: 1 }[field];
    if (value !== saved[field] && !isDefault) changed[field] = value;
  }
  if (form.elements.retired.checked !== saved.retired) changed.retired = form.elements.retired.checked;
  const since = form.elements.since.value;
  if (since) changed.since = new Date(fromLocal(since, VIEWER_ZONE)).toISOString();
  return changed;
}

async function save() {
  const id = shownId;
  showFormError(form, "");
  setText($(".saved", form), "");
  if (refuseBadInput(form)) return;
  const since = form.elements.since.value;
  const skipped = since && skippedTime(since, VIEWER_ZONE);
  if (skipped) return showFormError(form, skipped, "since");
  const changed = changes();
  if (!Object.keys(changed).length) return setText($(".saved", form), "Nothing to save.");
  submit.disabled = true;
  const response = await sendJson(pathOf(id), changed, "PATCH");
  updateAccess();
  if (id !== shownId) return;
  if (!response.ok && !response.value.outcome_unknown) return refuse(response.value);
  const latest = await requestJson(pathOf(id)); // where the response was lost, it says whether it was saved
  if (id !== shownId) return;
  if (!response.ok) {
    if (latest.ok) saved = toSaved(latest.value);
    if (!latest.ok || Object.keys(changes()).length) return refuse(response.value);
  }
  announce("Saved");
  fill(latest.ok ? latest.value : response.value);
  setText($(".saved", form), "Saved.");
  panel.load(); // its unit or its calibration may differ
}

/** Say why it was not saved, or that this is not known; what was typed stays, and can be saved again. */
const refuse = (problem) => showFormError(form, failure("saved", problem), problem.field);
