// The dead letters: why each could not be stored as a reading. Actions on them are in dead-letter-actions.js.

import { requestJson } from "./api.js";
import * as actions from "./dead-letter-actions.js";
import { $, createElement, reconcileChildren, setText, setVisible } from "./dom.js";
import { count, duration, shorten, time } from "./format.js";
import { secondsSince, state } from "./live-state.js";

const MAX_REASONS = 20;
const RELOAD_MS = 5_000;
const MAX_BODY_BYTES = 4_000; // the server sends the beginning of a longer one
const section = $("#dead-letters");
const list = $(".letters", section);
let letters = null; // the latest response
let reason = null; // only these are shown
let loadedDepth = null;
let loadedAt = 0;
let isLoading = false;
let reloadRequested = false; // while loading

export function initialize() {
  actions.initialize({
    list,
    selectedReason: () => (reason === null ? null : { reason, number: letters.reasons[reason], before: letters.at }),
    onDone: () => load(loadedDepth),
  });
}

/** Load the list again when the number of dead letters has changed, or after a complete update. */
export function update(isComplete) {
  const depth = state.queue?.dead_letters ?? null;
  section.dataset.stale = depth === null;
  if (depth === null) {
    loadedDepth = null;
    const shown = letters ? ` The dead letters are shown as of ${time(letters.at)}.` : "";
    return showNote(`The broker does not answer.${shown}`);
  }
  // The broker counts a moment later than it lists, so a list of another length may be incomplete.
  const differs = letters?.depth !== depth && performance.now() - loadedAt > RELOAD_MS;
  if (isComplete || depth !== loadedDepth || differs) load(depth);
}

async function load(depth) {
  if (isLoading) {
    reloadRequested = true;
    return;
  }
  isLoading = true;
  reloadRequested = false;
  const query = reason === null ? "" : `?${new URLSearchParams({ reason })}`;
  const response = await requestJson(`/api/dead-letters${query}`);
  isLoading = false;
  loadedAt = performance.now();
  if (reloadRequested) return load(depth);
  if (!response.ok) return showNote(`The dead letters cannot be loaded: ${response.value.detail}`);
  loadedDepth = depth;
  letters = response.value;
  if (reason !== null && !(reason in letters.reasons)) {
    reason = null;
    return load(depth);
  }
  render();
}

function showNote(text) {
  setText($(".note", section), text);
  setVisible($(".note", section), text !== "");
}

function render() {
  const { depth, messages, reasons } = letters;
  setText($(".count", section), count(depth));
  showNote(depth ? "" : "No dead letters.");
  setVisible($(".controls", section), depth > 0);
  renderReasons(reasons);
  reconcileChildren(list, messages, (message) => message.id, create, fill);
  const hint = describeOmitted(letters);
  setText($(".omitted", section), hint);
  setVisible($(".omitted", section), hint !== "");
  actions.update();
}

function describeOmitted({ depth, inspected, messages, reasons }) {
  const omitted = (reason === null ? inspected : reasons[reason]) - messages.length;
  const sentences = [];
  if (omitted > 0) sentences.push(`The oldest ${messages.length} are shown; ${count(omitted)} more match.`);
  if (depth > inspected) sentences.push(`The counts cover the oldest ${count(inspected)} of ${count(depth)}.`);
  return sentences.join(" ");
}

function renderReasons(reasons) {
  const total = Object.values(reasons).reduce((sum, number) => sum + number, 0);
  // "=" keeps the key of a reason apart from the key of "all".
  const choices = [["", "all", total], ...Object.entries(reasons).map(([name, number]) => [`=${name}`, name, number])];
  const create = ([key, name]) => {
    const button = createElement("button", { type: "button", className: "chip" });
    button.addEventListener("click", () => {
      reason = key ? name : null;
      load(loadedDepth);
    });
    return button;
  };
  const selectedKey = reason === null ? "" : `=${reason}`;
  const hidden = choices.splice(MAX_REASONS).length;
  setText($(".more-reasons", section), `and ${count(hidden)} more reasons: sensorctl dead list --all`);
  setVisible($(".more-reasons", section), hidden > 0);
  reconcileChildren($(".chips", section), choices, ([key]) => key, create, (button, [key, name, number]) => {
    setText(button, `${shorten(name)} ${count(number)}`);
    button.title = name;
    button.setAttribute("aria-pressed", key === selectedKey);
  });
}

function create({ id }) {
  const headline = createElement(
    "span",
    { id: `letter-${id}`, className: "head" },
    createElement("span", { className: "tag" }),
    " ",
    createElement("span", { className: "detail" }),
  );
  return createElement(
    "li",
    { className: "letter" },
    createElement("input", { type: "checkbox", value: id, "aria-labelledby": `letter-${id}` }),
    createElement(
      "details",
      {},
      createElement("summary", {}, headline, createElement("span", { className: "when" })),
      createElement("p", { className: "replay-hint" }),
      createElement("pre", { tabIndex: 0, role: "region", "aria-label": "Body" }),
      createElement("p", { className: "hint" }),
    ),
  );
}

function fill(item, message) {
  setText($(".tag", item), shorten(message.reason));
  setText($(".detail", item), message.detail || "no details");
  setText($("pre", item), message.body);
  setText($(".replay-hint", item), message.hint);
  setText($(".hint", item), describe(message));
  item.dataset.at = message.at ?? "";
  updateAge(item);
}

function describe(message) {
  const parts = [`ID ${message.id}`, `${count(message.body_bytes)} bytes`];
  if (message.sensor_id) parts.push(`sensor ${message.sensor_id}`);
  if (message.at) parts.push(`dead-lettered at ${time(message.at)}`);
  if (message.replays) parts.push(message.replays === 1 ? "replayed once" : `replayed ${message.replays} times`);
  if (message.body_bytes > MAX_BODY_BYTES) parts.push(`complete: sensorctl dead show ${message.id}`);
  return parts.join(" · ");
}

function updateAge(item) {
  setText($(".when", item), item.dataset.at ? `${duration(secondsSince(item.dataset.at))} ago` : "");
}

/** Update how long ago each was dead-lettered, once per second. */
export function updateAges() {
  for (const item of list.children) updateAge(item);
}
