// The sources: where readings come from, and up to when they were read.

import { may } from "./account.js";
import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { time, UNKNOWN } from "./format.js";
import { addressOf } from "./router.js";

const section = $("#sources");
let names = [];
let onLoad = () => {};

/** `listener(names)` follows each change of the list. */
export const onNames = (listener) => (onLoad = listener);

export async function load() {
  const response = await requestJson("/api/sources");
  if (!response.ok) return setText($(".note", section), `The sources cannot be loaded: ${response.value.detail}`);
  const { sources } = response.value;
  setTextWithCode($(".note", section), sources.length ? "" : "None. Define one with `sensorctl source set`.");
  setVisible($(".scroll", section), sources.length > 0);
  reconcileChildren($("tbody", section), sources, (source) => source.name, create, fill);
  const latest = sources.map((source) => source.name);
  if (`${latest}` !== `${names}`) onLoad(latest);
  names = latest;
}

function create({ name }) {
  const cells = ["kind", "address text", "sensors text", "cursor", "test"].map((className) => createElement("td", { className }));
  cells[4].append(createElement("button", { type: "button", "aria-label": `Test ${name}` }, "Test"));
  return createElement("tr", {}, createElement("th", { scope: "row" }, name), ...cells);
}

function fill(row, source) {
  setText($(".kind", row), source.kind);
  setText($(".address", row), source.problem ? `refused: ${source.problem}` : (source.address ?? ""));
  setText($(".sensors", row), source.sensors.map((sensor) => sensor.sensor_id).join(", "));
  setText($(".cursor", row), source.cursor ? time(source.cursor) : UNKNOWN);
  const button = $("button", row);
  setVisible(button, may("operator"));
  button.onclick = () => test(button, source.name);
}

/** Request a test, and show its workflow. */
async function test(button, name) {
  button.disabled = true;
  setText($(".error", section), "");
  const response = await requestJson(`/api/sources/${encodeURIComponent(name)}/test`, { method: "POST" });
  button.disabled = false;
  if (!response.ok) return setText($(".error", section), `Not tested: ${response.value.detail}`);
  location.hash = addressOf("workflow", response.value.workflow_id);
}
