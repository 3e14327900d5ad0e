// The limits of a sensor on its page: those that hold, and the form that adds or changes one.

import { hint, may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { confirm } from "./confirmation.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure, numberIn, refuseBadInput, showFormError } from "./forms.js";
import { toDuration } from "./format.js";
import { describeTarget, targetOf, updateTarget } from "./sensor-target.js";
import { CELSIUS, temperature } from "./units.js";

const REFRESH_MS = 5_000;
const section = $("#sensor .limits");
const list = $("ul", section);
const form = $("form", section);
const submit = $("button[type=submit]", form);
const NUMBERS = ["high", "low", "rate", "hysteresis"];
const TEXTS = ["within", "stale", "for", "severity", "schedule", "time_zone"];
// The fields that a limit of a kind has; its severity never changes.
const FIELDS = {
  high: ["high", "for", "hysteresis", "schedule", "time_zone"],
  low: ["low", "for", "hysteresis", "schedule", "time_zone"],
  rate: ["rate", "within", "for", "hysteresis", "schedule", "time_zone"],
  stale: ["stale"],
};
let sensor = null; // as the server has it
let limits = [];
let edited = null; // the limit that the form changes; null: it adds limits
let changed = () => {};

/** `onChange()` follows each change of the limits. */
export function initialize(onChange) {
  changed = onChange;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  $(".cancel", form).addEventListener("click", () => edit(null));
  form.elements.of.addEventListener("change", () => updateTarget(form, sensor));
  onAccess(update);
  repeatWhileShown($("#sensor"), load, REFRESH_MS);
}

/** Show the limits of a sensor; what was typed stays while it is the same one. */
export function show(latest) {
  const isOther = sensor?.sensor_id !== latest?.sensor_id;
  sensor = latest;
  if (isOther) edit(null);
  take(latest?.limits ?? (isOther ? [] : limits));
  update();
}

function take(stored) {
  limits = stored;
  if (!edited || isStored(edited)) return;
  showFormError(form, "This limit was changed or removed meanwhile. The list shows what holds now; saving replaces it.");
}

const isStored = (limit) => limits.some(({ limit_id }) => limit_id === limit.limit_id);

function update() {
  const isActive = sensor !== null && !sensor.retired;
  setText($(".note", section), noteFor());
  setVisible(form, isActive);
  updateTarget(form, sensor);
  reconcileChildren(list, isActive ? limits : [], (each) => `${each.limit_id}`, create, fill);
  submit.disabled = !may("operator");
  setTextWithCode($(".may-not", form), hint("operator"));
}

function noteFor() {
  if (sensor?.retired) return "A retired sensor is not monitored: no limit holds for it.";
  return limits.length ? "" : "No limit holds for this sensor.";
}

function create() {
  const button = (className, text) => createElement("button", { type: "button", className }, text);
  const parts = ["condition", "origin hint"].map((className) => createElement("span", { className }));
  return createElement("li", {}, createElement("span", { className: "tag" }), ...parts, createElement("span", { className: "buttons" }, button("change", "Change"), button("remove danger", "Remove")));
}

function fill(item, limit) {
  item.dataset.severity = limit.severity;
  setText($(".tag", item), limit.severity);
  setText($(".condition", item), describe(limit));
  setText($(".origin", item), `${describeTarget(limit)}, by ${limit.created_by}`);
  for (const [name, action] of [["change", edit], ["remove", confirmRemoval]]) {
    const button = $(`.${name}`, item);
    button.onclick = () => action(limit);
    button.setAttribute("aria-label", `${button.textContent} ${describe(limit)}, ${limit.severity}`);
    setVisible(button, may("operator"));
  }
}

/** What a limit bounds, in °C and in the unit of the sensor. */
function describe(limit, unit = sensor?.unit ?? CELSIUS) {
  const delay = toDuration(limit.delay_seconds);
  if (limit.kind === "stale") return `no reading for ${delay}`;
  const shown = unit === CELSIUS ? "" : ` (${temperature(limit.threshold, unit)})`;
  const conditions = {
    high: `above ${limit.threshold} °C${shown}`,
    low: `below ${limit.threshold} °C${shown}`,
    rate: `changes by more than ${limit.threshold} K in ${toDuration(limit.window_seconds)}`,
  };
  const details = [limit.delay_seconds ? `for ${delay}` : "", limit.hysteresis ? `hysteresis ${limit.hysteresis} K` : ""];
  const when = limit.schedule ? `${limit.schedule} (${limit.zone})` : "";
  return [conditions[limit.kind], ...details, when].filter(Boolean).join(", ");
}

/** Let the form change a limit, or add limits. */
function edit(limit) {
  edited = limit;
  form.reset();
  showFormError(form, "");
  setText($("h4", form), limit ? `Change the limit ${describeTarget(limit)}: ${describe(limit)}` : "Add limits");
  setText(submit, limit ? "Save limit" : "Add limits");
  setVisible($(".cancel", form), limit !== null);
  for (const name of [...NUMBERS, ...TEXTS]) setVisible(form.elements[name].closest("label"), !limit || FIELDS[limit.kind].includes(name));
  updateTarget(form, sensor);
  setVisible(form.elements.of.closest("label"), !limit);
  const values = limit ? valuesOf(limit) : {};
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value ?? "";
  if (!limit) return;
  $("details", form).open = ["rate", "within", "stale", "schedule"].some((name) => values[name]);
  form.elements[limit.kind].focus();
}

function valuesOf({ kind, threshold, window_seconds, delay_seconds, hysteresis, severity, schedule, zone }) {
  if (kind === "stale") return { stale: toDuration(delay_seconds), severity };
  const common = { [kind]: threshold, for: toDuration(delay_seconds), hysteresis, severity, schedule, time_zone: zone };
  return kind === "rate" ? { ...common, within: toDuration(window_seconds) } : common;
}

/** The fields that are filled in, for the sensor or the group of the limit that is changed. */
function definition() {
  const { sensor_id, location, pattern } = edited ?? targetOf(form, sensor);
  const target = Object.entries({ sensor_id, location, pattern }).filter(([, value]) => value != null);
  const valueOf = (name) => (NUMBERS.includes(name) ? numberIn(form.elements[name]) : form.elements[name].value.trim());
  const given = [...NUMBERS, ...TEXTS].map((name) => [name, valueOf(name)]).filter(([, value]) => value !== null && value !== "");
  return Object.fromEntries([...target, ...given]);
}

async function save() {
  const id = sensor.sensor_id;
  showFormError(form, "");
  if (refuseBadInput(form)) return;
  const body = definition();
  submit.disabled = true;
  const response = (await isNewlyOutdated()) ? null : await sendJson("/api/limits", body);
  submit.disabled = !may("operator");
  if (id !== sensor?.sensor_id || response === null) return;
  if (!response.ok) {
    showFormError(form, failure("saved", response.value), response.value.field);
    return response.value.outcome_unknown && load();
  }
  edit(null);
  announce("Limits saved");
  load();
}

/** Whether the limit that the form changes turns out to be another now; then the form says so. */
async function isNewlyOutdated() {
  if (!edited || !isStored(edited)) return false;
  await load();
  return edited !== null && !isStored(edited);
}

function confirmRemoval(limit) {
  const isOfGroup = limit.sensor_id === null;
  confirm({
    title: "Remove the limit?",
    explanation: `${describe(limit)}, ${describeTarget(limit)}.${isOfGroup ? " It is removed for all of them." : ""} Its open excursions end.`,
    verb: "Remove",
    isDanger: true,
    run: async () => {
      const response = await requestJson(`/api/limits/${limit.limit_id}`, { method: "DELETE" });
      if (!response.ok) return failure("removed", response.value);
      if (edited?.limit_id === limit.limit_id) edit(null);
      announce("Limit removed");
      load();
      return null;
    },
  });
}

/** Show the limits as they are stored, also what others change meanwhile. */
async function load() {
  if (!sensor || sensor.retired || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/limits?${new URLSearchParams({ sensor: id })}`);
  if (!response.ok || id !== sensor?.sensor_id) return;
  if (JSON.stringify(response.value.limits) === JSON.stringify(limits)) return;
  take(response.value.limits);
  update();
  changed();
}
