// Replay and discard: the selection, the buttons, and the confirmation.

import * as account from "./account.js";
import { sendJson } from "./api.js";
import { confirm } from "./confirmation.js";
import { $, setText, setTextWithCode } from "./dom.js";
import { count, quantity, shorten } from "./format.js";

const ROLE = "operator";
const ACTIONS = {
  replay: {
    verb: "Replay",
    past: "Replayed",
    explanation:
      "A replayed message is published to the queue again, and stored if it is a valid reading by now. Otherwise it returns here.",
  },
  discard: {
    verb: "Discard",
    past: "Discarded",
    explanation: "Discarding is permanent. `sensorctl dead export` keeps a copy.",
  },
};
const selectAll = $("#select-all");
const result = $("#result");
let list = null;
let selectedReason = null;
let onDone = null;
let isBusy = false;

/** `selectedReason()` returns the reason that is filtered by, or null; `onDone()` follows each action. */
export function initialize(options) {
  ({ list, selectedReason, onDone } = options);
  selectAll.addEventListener("change", () => {
    for (const checkbox of checkboxes()) checkbox.checked = selectAll.checked;
    update();
  });
  list.addEventListener("change", update);
  for (const action of Object.keys(ACTIONS)) $(`#${action}`).addEventListener("click", () => ask(action));
  account.onAccess(() => {
    setTextWithCode($("#access"), account.hint(ROLE));
    update();
  });
}

const checkboxes = () => [...list.querySelectorAll("input[type=checkbox]")];
const selectedIds = () => checkboxes().filter((box) => box.checked).map((box) => box.value);

/** What an action would apply to: the selected messages, otherwise all with the reason filtered by. */
function currentTarget() {
  const ids = selectedIds();
  if (ids.length) return { number: ids.length, body: { ids } };
  const filter = selectedReason();
  if (filter === null) return null;
  const { reason, number, before } = filter;
  return { number, reason, body: { reason, dead_lettered_before: before } };
}

/** Update the buttons after the selection or the list has changed. */
export function update() {
  const target = currentTarget();
  const selected = selectedIds().length;
  selectAll.checked = selected > 0 && selected === checkboxes().length;
  selectAll.indeterminate = selected > 0 && !selectAll.checked;
  for (const [action, { verb }] of Object.entries(ACTIONS)) {
    const button = $(`#${action}`);
    button.disabled = !account.may(ROLE) || isBusy || !target;
    setText(button, buttonLabel(verb, target));
  }
}

function buttonLabel(verb, target) {
  if (!target) return `${verb} …`;
  return target.reason ? `${verb} all ${shorten(target.reason)} …` : `${verb} ${count(target.number)} …`;
}

function question(verb, { number, reason }) {
  if (reason) return `${verb} all dead letters with reason ${shorten(reason)}?`;
  return `${verb} ${quantity(number, "dead letter")}?`;
}

function ask(action) {
  const target = currentTarget();
  const { verb, explanation } = ACTIONS[action];
  const isDanger = action === "discard";
  confirm({ title: question(verb, target), explanation, verb, isDanger, run: () => run(action, target) });
}

async function run(action, target) {
  isBusy = true;
  const response = await sendJson(`/api/dead-letters/${action}`, target.body);
  isBusy = false;
  update();
  // Where nothing was changed, the selection stays for another attempt.
  if (!response.ok && !response.value.done) return response.value.detail;
  const { past, verb } = ACTIONS[action];
  setText(result, response.ok ? describeResult(past, response.value) : `${verb} failed: ${response.value.detail}`);
  for (const checkbox of checkboxes()) checkbox.checked = false;
  onDone();
  return null;
}

function describeResult(past, { done, refused, not_found }) {
  const parts = Object.entries(done).map(([reason, number]) => `${count(number)} ${reason}`);
  const sentences = [`${past} ${parts.join(", ") || "none"}.`];
  if (refused) sentences.push(`Skipped ${count(refused)} that ${refused === 1 ? "was" : "were"} replayed three times already.`);
  if (not_found.length) sentences.push(`${count(not_found.length)} no longer ${not_found.length === 1 ? "exists" : "exist"}.`);
  return sentences.join(" ");
}
