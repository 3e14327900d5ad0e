// Who changed what, newest first; and the view that shows it together with the keys.

import * as account from "./account.js";
import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, setText, setVisible } from "./dom.js";
import { time } from "./format.js";
import * as keys from "./keys.js";
import { addView } from "./router.js";

const PAGE_SIZE = 50;
const section = $("#audit");
const more = $(".more button", section);
let changes = [];
let isShown = false;

export function initialize() {
  more.addEventListener("click", () => load(changes.at(-1).audit_id));
  keys.initialize();
  addView("access", $("#access-view"), show, hide);
  account.onAccess(() => isShown && load());
}

function show() {
  isShown = true;
  keys.show();
  load();
  return "Access · Sensors";
}

function hide() {
  isShown = false;
  keys.hide();
}

/** Load the changes before the one with this number, or the newest. */
async function load(below = null) {
  const query = new URLSearchParams({ limit: PAGE_SIZE, ...(below === null ? {} : { below }) });
  const response = await requestJson(`/api/audit?${query}`);
  const note = response.ok ? "" : `The changes cannot be loaded: ${response.value.detail}`;
  if (response.ok) {
    changes = below === null ? response.value.changes : [...changes, ...response.value.changes];
    setVisible(more, response.value.changes.length === PAGE_SIZE);
    reconcileChildren($("tbody", section), changes, (change) => `${change.audit_id}`, createRow);
  }
  setText($(".note", section), response.ok && !changes.length ? "No changes yet." : note);
}

function createRow({ at, actor, action, object_kind, object_id, before, after }) {
  const [was, became] = differences(before, after);
  const texts = [actor, `${action} ${object_kind} ${object_id}`.trim(), was, became];
  return createElement(
    "tr",
    {},
    createElement("th", { scope: "row", textContent: time(at) }),
    ...texts.map((textContent) => createElement("td", { textContent })),
  );
}

/** Both as text, without the fields that have the same value in both. */
function differences(before, after) {
  const isSame = (name) => before && after && JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return [before, after].map((fields) =>
    Object.entries(fields ?? {})
      .filter(([name, value]) => value !== null && !isSame(name))
      .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", "),
  );
}
