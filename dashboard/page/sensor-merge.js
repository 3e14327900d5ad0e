// The dialog that merges a sensor with a wrong ID into the right one.

import { may, onAccess } from "./account.js";
import { sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, setText, setVisible } from "./dom.js";
import { failure, showFormError } from "./forms.js";
import { state } from "./live-state.js";

const button = $("#sensor .merge button");
const dialog = $("#merge");
const form = $("form", dialog);
const submit = $(".submit", dialog);
let sensor = null;

/** `onMerge(merged)` follows with what the sensor became. */
export function initialize(onMerge) {
  button.addEventListener("click", open);
  $(".cancel", dialog).addEventListener("click", () => dialog.close());
  form.elements.into.addEventListener("input", updateButton);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    merge(onMerge);
  });
  onAccess(() => show(sensor));
}

/** Offer the merge of a sensor, unless it was merged already. */
export function show(latest) {
  sensor = latest;
  setVisible($("#sensor .merge"), sensor !== null && !sensor.merged_into);
  button.disabled = !may("operator");
}

function open() {
  const id = sensor.sensor_id;
  form.reset();
  showFormError(form, "");
  setText($("h2", dialog), `Merge ${id} into another sensor?`);
  const others = [...state.sensors.values()].filter((other) => other.sensor_id !== id);
  const create = () => createElement("option", {});
  reconcileChildren($("datalist", dialog), others, (other) => other.sensor_id, create, (option, other) => {
    option.value = other.sensor_id;
    option.label = other.name ?? "";
  });
  const effects = [
    `All readings of ${id}, with its minutes, hours and days, are moved to the other sensor, also those that still arrive.`,
    "Readings that both have are kept once. It is refused if both measured different temperatures at one time.",
    `${id} is retired. This cannot be undone.`,
  ];
  reconcileChildren($("ul", dialog), effects, (text) => text, (textContent) => createElement("li", { textContent }));
  updateButton();
  dialog.showModal();
}

function updateButton() {
  const into = form.elements.into.value.trim();
  setText(submit, into ? `Merge into ${into}` : "Merge");
  submit.disabled = !into;
}

async function merge(onMerge) {
  const id = sensor.sensor_id;
  showFormError(form, "");
  submit.disabled = true;
  const response = await sendJson("/api/sensor-merges", { source: id, into: form.elements.into.value.trim() });
  updateButton();
  if (!response.ok) return showFormError(form, failure("merged", response.value), response.value.field);
  dialog.close();
  announce(`Merged ${id}`);
  onMerge(response.value);
}
