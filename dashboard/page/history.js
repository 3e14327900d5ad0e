// The view `#/history`: the sensors that are shown over each other, and their panel. Its address keeps the view.

import { onAccess } from "./account.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setVisible } from "./dom.js";
import { rangeOf, rangeParameters } from "./history-address.js";
import { HistoryPanel } from "./history-panel.js";
import { state } from "./live-state.js";
import { addView, replaceParameters } from "./router.js";

const RETRY_MS = 5_000;
const FOLLOW_MS = 10_000;
const MAX_SENSORS = 10; // the server's limit
const section = $("#history");
const input = $(".add input", section);
const chips = $(".chips", section);
let panel = null;
let view = { sensors: [] };

export function initialize() {
  panel = new HistoryPanel($(".history-panel", section), { onChange: change });
  $(".add", section).addEventListener("submit", (event) => {
    event.preventDefault();
    add(input.value.trim());
  });
  onAccess(() => panel.retry());
  repeatWhileShown(section, () => panel.retry(), RETRY_MS);
  repeatWhileShown(section, () => panel.follow(), FOLLOW_MS);
  addView("history", section, ({ parameters }) => {
    const sensors = [...new Set(parameters.getAll("sensor"))].slice(0, MAX_SENSORS);
    view = { sensors, ...rangeOf(parameters) };
    render();
    panel.show(view);
    return `History of ${view.sensors.join(", ") || "sensors"} · Sensors`;
  });
}

/** Offer and name the sensors as they are known; called with each update of the state. */
export function update() {
  if (section.hidden) return;
  panel.legend.updateNames();
  const options = [...state.sensors.values()];
  const create = () => createElement("option", {});
  reconcileChildren($("datalist", section), options, (sensor) => sensor.sensor_id, create, (option, sensor) => {
    option.value = sensor.sensor_id;
    option.label = sensor.name ?? "";
  });
}

function change(next) {
  view = next;
  replaceParameters([...view.sensors.map((id) => ["sensor", id]), ...rangeParameters(view)]);
  render();
}

function add(text) {
  const known = [...state.sensors.values()].find(({ sensor_id, name }) => sensor_id === text || name === text);
  const message = refusal(text, known);
  setText($(".add-note", section), message);
  setVisible($(".add-note", section), message !== "");
  if (message) return;
  input.value = "";
  panel.change({ sensors: [...view.sensors, known.sensor_id] });
}

function refusal(text, known) {
  if (!text) return "Enter the ID or the name of a sensor.";
  if (!known) return `No sensor is called ${text}: choose one of the list.`;
  if (view.sensors.includes(known.sensor_id)) return `${text} is shown already.`;
  return view.sensors.length >= MAX_SENSORS ? `At most ${MAX_SENSORS} sensors can be shown: remove one.` : "";
}

function render() {
  const create = (id) => {
    const button = createElement("button", { type: "button", className: "chip" });
    button.addEventListener("click", () => {
      panel.change({ sensors: view.sensors.filter((other) => other !== id) });
      (chips.querySelector("button") ?? input).focus();
    });
    return button;
  };
  reconcileChildren(chips, view.sensors, (id) => id, create, (button, id) => {
    setText(button, `${id} ×`);
    button.setAttribute("aria-label", `Remove ${id}`);
  });
}
