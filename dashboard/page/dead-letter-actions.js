// Replay and discard: the selection, the buttons, and the confirmation with the token.

import { requestJson } from "./api.js";
import { $, setText, setTextWithCode, setVisible } from "./dom.js";
import { count, shorten } from "./format.js";

const TOKEN_KEY = "sensors-dashboard-token";
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
const READ_ONLY =
  "This page is read-only. To replay and discard here, set DASHBOARD_TOKEN and restart the dashboard; " +
  "`sensorctl dead` works without it.";

const selectAll = $("#select-all");
const dialog = $("#confirm");
const result = $("#result");
let list = null;
let selectedReason = null;
let onDone = null;
let isEnabled = false;
let isBusy = false;

/** `selectedReason()` returns the reason that is filtered by, or null; `onDone()` follows each action. */
export function initialize(options) {
  ({ list, selectedReason, onDone } = options);
  selectAll.addEventListener("change", () => {
    for (const checkbox of checkboxes()) checkbox.checked = selectAll.checked;
    update();
  });
  list.addEventListener("change", update);
  for (const action of Object.keys(ACTIONS)) $(`#${action}`).addEventListener("click", () => confirm(action));
  $(".cancel", dialog).addEventListener("click", () => dialog.close("cancel"));
}

export async function loadAccess() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  const response = await requestJson("/api/access", token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  if (!response.ok) return;
  isEnabled = response.value.enabled;
  // A token that is wrong now would be counted as a guess at each reconnection.
  if (!response.value.authorized) sessionStorage.removeItem(TOKEN_KEY);
  setTextWithCode($("#access"), isEnabled ? "" : READ_ONLY);
  update();
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
    button.disabled = !isEnabled || isBusy || !target;
    setText(button, buttonLabel(verb, target));
  }
}

function buttonLabel(verb, target) {
  if (!target) return `${verb} …`;
  return target.reason ? `${verb} all ${shorten(target.reason)} …` : `${verb} ${count(target.number)} …`;
}

function question(verb, { number, reason }) {
  if (reason) return `${verb} all dead letters with reason ${shorten(reason)}?`;
  return `${verb} ${count(number)} ${number === 1 ? "dead letter" : "dead letters"}?`;
}

function confirm(action) {
  const target = currentTarget();
  const { verb, explanation } = ACTIONS[action];
  const submit = $(".submit", dialog);
  const tokenInput = $(".token input", dialog);
  setText($("h2", dialog), question(verb, target));
  setTextWithCode($(".explanation", dialog), explanation);
  setText($(".error", dialog), "");
  setText(submit, verb);
  submit.classList.toggle("danger", action === "discard");
  tokenInput.value = sessionStorage.getItem(TOKEN_KEY) ?? "";
  setVisible($(".token", dialog), !tokenInput.value);
  $("form", dialog).onsubmit = (event) => {
    event.preventDefault();
    run(action, target, tokenInput.value.trim());
  };
  dialog.showModal();
}

async function run(action, target, token) {
  if (isBusy) return;
  isBusy = true;
  $(".submit", dialog).disabled = true;
  const response = await requestJson(`/api/dead-letters/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(target.body),
  });
  isBusy = false;
  $(".submit", dialog).disabled = false;
  if (response.status === 401) return rejectToken("The token is wrong.");
  if (response.status === 429) return rejectToken(response.value.detail);
  dialog.close("done");
  if (response.ok) sessionStorage.setItem(TOKEN_KEY, token);
  const { past, verb } = ACTIONS[action];
  setText(result, response.ok ? describeResult(past, response.value) : `${verb} failed: ${response.value.detail}`);
  for (const checkbox of checkboxes()) checkbox.checked = false;
  onDone();
}

function rejectToken(reason) {
  sessionStorage.removeItem(TOKEN_KEY);
  setVisible($(".token", dialog), true);
  setText($(".error", dialog), reason);
  $(".token input", dialog).select();
}

function describeResult(past, { done, refused, not_found }) {
  const parts = Object.entries(done).map(([reason, number]) => `${count(number)} ${reason}`);
  const sentences = [`${past} ${parts.join(", ") || "none"}.`];
  if (refused) sentences.push(`Skipped ${count(refused)} that were replayed three times already.`);
  if (not_found.length) sentences.push(`${count(not_found.length)} no longer exist.`);
  return sentences.join(" ");
}
