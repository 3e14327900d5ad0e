// The models that forecast a sensor, on its page: their versions, and the roll-back to one. Loaded once they are opened.

import { hint, may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { confirm } from "./confirmation.js";
import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { time } from "./format.js";

const section = $("#sensor .models");
let sensor = null;

export function initialize() {
  section.addEventListener("toggle", load);
  onAccess(load);
}

/** Show the models of a sensor. */
export function show(latest) {
  if (sensor?.sensor_id !== latest?.sensor_id) {
    section.open = false;
    $("tbody", section).replaceChildren();
  }
  sensor = latest;
  load();
}

async function load() {
  if (!sensor || !section.open || !may("viewer")) return;
  const id = sensor.sensor_id;
  const response = await requestJson(`/api/models?${new URLSearchParams({ sensor: id })}`);
  if (id !== sensor?.sensor_id) return;
  const models = response.ok ? response.value.models : [];
  const none = models.length ? "" : "No model has a version yet: a model has its first one after a day of readings.";
  setText($(".note", section), response.ok ? none : `The models cannot be loaded: ${response.value.detail}`);
  setVisible($(".scroll", section), models.length > 0);
  setTextWithCode($(".may-not", section), models.length ? hint("operator") : "");
  reconcileChildren($("tbody", section), models, ({ kind, version }) => `${kind} ${version}`, create, fill);
}

function create({ kind, version }) {
  const cells = ["trained", "reason text", "state"].map((className) => createElement("td", { className }));
  cells[2].append(createElement("span"), createElement("button", { type: "button", "aria-label": `Roll ${kind} back to version ${version}` }, "Roll back …"));
  return createElement("tr", {}, createElement("th", { scope: "row" }, `${kind} ${version}`), ...cells);
}

function fill(row, model) {
  setText($(".trained", row), time(model.trained_to));
  setText($(".reason", row), model.reason);
  const state = model.requested_at ? "requested" : "active";
  setText($(".state span", row), model.active ? state : "");
  const button = $("button", row);
  setVisible(button, may("operator") && !model.active);
  button.onclick = () => confirmRollBack(model);
}

function confirmRollBack({ kind, version, trained_to }) {
  const { sensor_id } = sensor;
  confirm({
    title: `Roll ${kind} of ${sensor_id} back to version ${version}?`,
    explanation: `The model continues from what it had learned until ${time(trained_to)}. The other versions stay.`,
    verb: "Roll back",
    run: async () => {
      const response = await sendJson("/api/models/roll-back", { sensor_id, kind, version });
      if (!response.ok) return response.value.detail;
      announce(`Rolled back to version ${version}`);
      await load();
      return null;
    },
  });
}
