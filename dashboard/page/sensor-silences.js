// The silences that hold for a sensor on its page, and the form that adds one.

import { hint, may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure, showFormError } from "./forms.js";
import { time } from "./format.js";
import { describeTarget, targetOf, updateTarget } from "./sensor-target.js";

const REFRESH_MS = 5_000;
const section = $("#sensor .silences");
const form = $("form", section);
const submit = $("button[type=submit]", form);
let sensor = null;
let silences = [];

export function initialize() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  form.elements.of.addEventListener("change", () => updateTarget(form, sensor));
  onAccess(load);
  repeatWhileShown($("#sensor"), load, REFRESH_MS);
}

/** Show the silences of a sensor; what was typed stays while it is the same one. */
export function show(latest) {
  if (sensor?.sensor_id !== latest?.sensor_id) {
    silences = [];
    form.reset();
    showFormError(form, "");
  }
  sensor = latest;
  update("");
  load();
}

async function load() {
  submit.disabled = !may("operator");
  setTextWithCode($(".may-not", form), hint("operator"));
  if (!sensor || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/silences?${new URLSearchParams({ sensor: id })}`);
  if (id !== sensor?.sensor_id) return;
  if (response.ok) silences = response.value.silences;
  update(response.ok ? "" : `The silences cannot be loaded: ${response.value.detail}`);
}

function update(problem) {
  const none = silences.length ? "" : "No silence: receivers are notified of its excursions.";
  setText($(".note", section), problem || none);
  setVisible(form, !sensor?.retired);
  updateTarget(form, sensor);
  reconcileChildren($("ul", section), silences, (each) => `${each.silence_id}`, create, fill);
}

function create() {
  const parts = ["until", "origin hint"].map((className) => createElement("span", { className }));
  return createElement("li", {}, ...parts, createElement("span", { className: "buttons" }, createElement("button", { type: "button" }, "End")));
}

function fill(item, each) {
  const until = `until ${time(each.ends_at)}`;
  setText($(".until", item), each.note ? `${until}: ${each.note}` : until);
  setText($(".origin", item), `${describeTarget(each)}, by ${each.created_by}`);
  const button = $("button", item);
  button.onclick = () => end(each);
  button.setAttribute("aria-label", `End the silence ${until}`);
  setVisible(button, may("operator"));
}

async function save() {
  showFormError(form, "");
  submit.disabled = true;
  const { for: duration, note } = form.elements;
  const definition = { ...targetOf(form, sensor), for: duration.value.trim(), note: note.value.trim() };
  const response = await sendJson("/api/silences", definition);
  submit.disabled = !may("operator");
  if (!response.ok) return showFormError(form, failure("silenced", response.value), response.value.field);
  form.reset();
  announce("Silenced");
  load();
}

async function end({ silence_id }) {
  const response = await requestJson(`/api/silences/${silence_id}`, { method: "DELETE" });
  if (!response.ok) return update(failure("ended", response.value));
  announce("Silence ended");
  load();
}
