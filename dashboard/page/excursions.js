// Ongoing excursions, on the overview, with the button that acknowledges them.

import { may, onAccess } from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, repeatWhileShown, setText, setVisible } from "./dom.js";
import { failure } from "./forms.js";
import { duration, time } from "./format.js";
import { secondsSince } from "./live-state.js";
import { setExcursions } from "./problems.js";
import { addressOf } from "./router.js";

const REFRESH_MS = 5_000;
const MAX_EXCURSIONS = 100;
const section = $("#excursions");
const list = $("ul", section);
const error = $(".error", section);
let excursions = [];

export function initialize() {
  onAccess(load);
  repeatWhileShown(document.body, load, REFRESH_MS);
}

async function load() {
  if (!may("viewer")) return show([]);
  const response = await requestJson(`/api/excursions?open=true&limit=${MAX_EXCURSIONS}`);
  if (response.ok) show(response.value.excursions); // else the page says that the database is down
}

function show(latest) {
  excursions = latest;
  setExcursions(latest);
  setText($(".count", section), excursions.length === MAX_EXCURSIONS ? `${MAX_EXCURSIONS} or more` : `${excursions.length}`);
  setVisible(section, excursions.length > 0);
  reconcileChildren(list, excursions, (each) => `${each.excursion_id}`, create, fill);
}

function create({ excursion_id }) {
  const button = createElement("button", { type: "button" }, "Acknowledge");
  button.addEventListener("click", () => acknowledge(excursion_id, button));
  const text = createElement("span", { className: "text" });
  const state = createElement("span", { className: "acknowledged hint" });
  return createElement("li", {}, createElement("a"), text, " ", button, state);
}

function fill(item, each) {
  const link = $("a", item);
  link.href = addressOf("sensor", each.sensor_id);
  setText(link, each.name ? `${each.name} (${each.sensor_id})` : each.sensor_id);
  setText($(".text", item), ` ${describe(each)}`);
  const by = each.acknowledged_by;
  setText($(".acknowledged", item), by ? `acknowledged by ${by} at ${time(each.acknowledged_at)}` : "");
  setVisible($("button", item), !by && may("operator"));
  item.dataset.severity = each.severity;
}

function describe(each) {
  const lasts = `for ${duration(secondsSince(each.started_at))}, since ${time(each.started_at)}`;
  const area = `${each.degree_minutes.toFixed(1)} K·min`;
  if (each.rule === "rate") return `changed by ${each.peak.toFixed(1)} K, more than ${each.threshold} K, ${lasts}, ${area}`;
  const side = each.rule === "high" ? "above" : "below";
  return `${side} ${each.threshold} °C ${lasts}; peak ${each.peak_temperature.toFixed(2)} °C, ${area}`;
}

async function acknowledge(id, button) {
  button.disabled = true;
  setText(error, "");
  const response = await sendJson(`/api/excursions/${id}/acknowledge`, {});
  button.disabled = false;
  if (!response.ok) return setText(error, failure("acknowledged", response.value));
  announce("Acknowledged");
  load();
}
