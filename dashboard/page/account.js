// Who uses the page, and what that may do: log in, log out, and hints for what is not allowed.

import { onUnauthorized, requestJson, sendJson } from "./api.js";
import { $, announce, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure } from "./forms.js";

const RETRY_MS = 5_000;
const ROLES = ["viewer", "operator", "admin"];
const header = $("#account");
const dialog = $("#login");
const form = $("form", dialog);
const input = $("input", dialog);
const error = $(".error", dialog);
const listeners = [];
let access = null; // the latest response; null: not known yet
let retry = null;
let problem = ""; // why it is not known
let newest = 0; // number of the latest request, or of the latest login; responses to earlier requests are outdated
let wasPrompted = false; // whether the page opened the login by itself

/** Whether the role of this page includes `role`. */
export const may = (role) => ROLES.indexOf(access?.role) >= ROLES.indexOf(role);

/** Why this page may not do what requires `role`, and what to do; empty if it may. Code is in backticks. */
export function hint(role) {
  if (may(role)) return "";
  if (access === null) return problem;
  if (access.name !== null) {
    return `This requires the role ${role}. ${access.name} has ${access.role ? `the role ${access.role}` : "none"}.`;
  }
  if (access.has_keys) return `This requires the role ${role}: log in with a key that has it.`;
  const command = `sensorctl key create NAME --role ${role}`;
  return `This page is read-only. To change something, create a key with \`${command}\`, and log in with it.`;
}

/** Call the listener now and whenever what the page may do changes. */
export function onAccess(listener) {
  listeners.push(listener);
  listener();
}

export function initialize() {
  $(".log-in", header).addEventListener("click", openDialog);
  $(".log-out", header).addEventListener("click", logOut);
  $("#locked button").addEventListener("click", openDialog);
  $(".cancel", dialog).addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    logIn();
  });
  onUnauthorized(loadAccess);
}

/** Ask the server who uses the page. */
export async function loadAccess() {
  clearTimeout(retry);
  const number = ++newest;
  const response = await requestJson("/api/access");
  if (number !== newest) return;
  if (response.ok) return apply(response.value);
  // A login that cannot be checked now is not forgotten.
  clearTimeout(retry);
  retry = setTimeout(loadAccess, RETRY_MS);
  const hasChanged = problem !== response.value.detail;
  problem = response.value.detail;
  if (hasChanged) for (const listener of listeners) listener();
}

function apply(latest) {
  const hasChanged = JSON.stringify(latest) !== JSON.stringify(access);
  access = latest;
  const isLocked = access.role === null;
  document.body.dataset.locked = isLocked;
  setVisible($("#locked"), isLocked);
  setText($(".who", header), describe());
  setVisible($(".log-in", header), access.has_keys && !access.has_session);
  setVisible($(".log-out", header), access.has_session);
  setTextWithCode($("#locked .explanation"), explainLocked());
  setVisible($("#locked button"), access.has_keys);
  if (hasChanged) for (const listener of listeners) listener();
  if (!isLocked) wasPrompted = false;
  else if (!wasPrompted && access.has_keys) openDialog();
}

function describe() {
  if (access.name === null) return access.role === null || !access.has_keys ? "" : "Not logged in";
  return `${access.name} (${access.role ?? "no role"})`;
}

function explainLocked() {
  if (access.name !== null) return `${access.name} has no role here: ask an administrator of the dashboard.`;
  if (access.has_keys) return "Log in with a key to see the sensors.";
  return "There is no key to log in with yet: create one with `sensorctl key create NAME --role viewer`.";
}

function openDialog() {
  wasPrompted = true;
  if (dialog.open) return;
  setText(error, "");
  dialog.showModal();
  input.focus();
}

async function logIn() {
  const submit = $(".submit", dialog);
  submit.disabled = true;
  setText(error, "");
  const response = await sendJson("/api/login", { key: input.value.trim() });
  submit.disabled = false;
  if (!response.ok) {
    setText(error, response.value.detail); // what was typed stays
    input.select();
    return;
  }
  newest += 1;
  input.value = "";
  dialog.close();
  apply(response.value);
  announce(`Logged in as ${describe()}`);
}

async function logOut() {
  const response = await requestJson("/api/logout", { method: "POST" });
  if (!response.ok) return setText($(".who", header), failure("logged out", response.value));
  wasPrompted = true; // a user who logs out does not want to log in at once
  await loadAccess();
  announce("Logged out");
}
