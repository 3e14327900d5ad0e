// The files from which reports are made: those that wait for an answer, and the latest others.

import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { time } from "./format.js";
import { addressOf } from "./router.js";
import { fillPill } from "./workflow-text.js";

const PAGE_SIZE = 20;
const section = $("#report-files");

export async function load() {
  const response = await requestJson(`/api/workflows?${new URLSearchParams({ kind: "file", limit: PAGE_SIZE })}`);
  if (!response.ok) return setText($(".note", section), `The files cannot be loaded: ${response.value.detail}`);
  const { workflows } = response.value;
  setTextWithCode($(".note", section), workflows.length ? "" : "None. Put one into the WebDAV folder `work`, or send one with `sensorctl report file`.");
  setVisible($(".scroll", section), workflows.length > 0);
  reconcileChildren($("tbody", section), workflows, (each) => each.workflow_id, create, fill);
}

function create({ workflow_id, spec }) {
  const link = createElement("a", { href: addressOf("workflow", workflow_id) }, spec.file);
  const cells = ["state", "requested", "outcome text"].map((className) => createElement("td", { className }));
  cells[0].append(createElement("span", { className: "pill" }));
  return createElement("tr", {}, createElement("th", { scope: "row" }, link), ...cells);
}

function fill(row, workflow) {
  fillPill($(".pill", row), workflow);
  if (workflow.state === "paused") setText($(".pill", row), "paused: see what it asks");
  setText($(".requested", row), `${time(workflow.requested_at)} by ${workflow.requested_by}`);
  setText($(".outcome", row), workflow.error ?? "");
}
