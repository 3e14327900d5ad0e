// The keys of the page and the API, for administrators: create, list, revoke.

import * as account from "./account.js";
import { requestJson, sendJson } from "./api.js";
import { $, announce, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { failure } from "./forms.js";
import { time } from "./format.js";

const ROLE = "admin";
const section = $("#keys");
const form = $("form", section);
const dialog = $("#revoke");
let isShown = false;

export function initialize() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    create();
  });
  $(".cancel", dialog).addEventListener("click", () => dialog.close());
  account.onAccess(update);
}

/** Load the keys again while the view is shown. */
export function show() {
  isShown = true;
  update();
}

/** Forget the new key, so that it cannot be read from an open page later. */
export function hide() {
  isShown = false;
  setVisible($(".created", section), false);
  setText($(".created code", section), "");
}

async function update() {
  const isAllowed = account.may(ROLE);
  setVisible($(".content", section), isAllowed);
  setTextWithCode($(".hint", section), account.hint(ROLE));
  if (!isAllowed || !isShown) return;
  const response = await requestJson("/api/keys");
  setText($(".note", section), response.ok ? "" : `The keys cannot be loaded: ${response.value.detail}`);
  if (!response.ok) return;
  const keys = response.value.keys.toSorted((a, b) => (a.revoked_at !== null) - (b.revoked_at !== null));
  reconcileChildren($("tbody", section), keys, (key) => key.name, createRow, fillRow);
}

function createRow({ name, role }) {
  const button = createElement("button", { type: "button", textContent: "Revoke …", "aria-label": `Revoke ${name} …` });
  button.addEventListener("click", () => confirmRevocation(name));
  const cells = ["created-at", "used", "revoked"].map((className) => createElement("td", { className }));
  cells.at(-1).append(createElement("span"), button);
  return createElement(
    "tr",
    {},
    createElement("th", { scope: "row", textContent: name }),
    createElement("td", { textContent: role }),
    ...cells,
  );
}

function fillRow(row, key) {
  setText($(".created-at", row), `${time(key.created_at)} by ${key.created_by}`);
  setText($(".used", row), key.last_used_at === null ? "never" : time(key.last_used_at));
  setText($(".revoked span", row), key.revoked_at === null ? "" : time(key.revoked_at));
  setVisible($("button", row), key.revoked_at === null);
}

async function create() {
  const submit = $("button", form);
  submit.disabled = true;
  setText($(".error", form), "");
  const { name, role } = form.elements;
  const response = await sendJson("/api/keys", { name: name.value.trim(), role: role.value });
  submit.disabled = false;
  if (!response.ok) {
    setText($(".error", form), failure("created", response.value)); // what was typed stays
    if (response.value.outcome_unknown) update();
    return name.focus();
  }
  setText($(".created code", section), response.value.key);
  setText($(".created .name", section), response.value.name);
  setVisible($(".created", section), true);
  $(".created code", section).focus();
  form.reset();
  update();
}

function confirmRevocation(name) {
  setText($("h2", dialog), `Revoke the key ${name}?`);
  setText($(".error", dialog), "");
  $("form", dialog).onsubmit = (event) => {
    event.preventDefault();
    revoke(name);
  };
  dialog.showModal();
}

async function revoke(name) {
  setText($(".error", dialog), "");
  const response = await requestJson(`/api/keys/${encodeURIComponent(name)}`, { method: "DELETE" });
  if (!response.ok) return setText($(".error", dialog), failure("revoked", response.value));
  dialog.close();
  announce(`Revoked the key ${name}`);
  account.loadAccess(); // it may have been the one of this page
  update();
}
