// What an operator can do with a workflow: a button for each change that its state allows.

import { may } from "./account.js";
import { requestJson } from "./api.js";
import { confirm } from "./confirmation.js";
import { announce, createElement } from "./dom.js";
import { failure } from "./forms.js";
import { addressOf } from "./router.js";
import { hasEnded } from "./workflow-text.js";

const CAN_PAUSE = ["ready", "running"];
const ACTIONS = {
  pause: { title: "Pause", applies: (each) => CAN_PAUSE.includes(each.state) && each.desired_state === "running" },
  resume: { title: "Resume", applies: (each) => !hasEnded(each) && each.desired_state === "paused" },
  cancel: { title: "Cancel …", applies: (each) => !hasEnded(each) && each.state !== "cancelling" },
  retry: { title: "Retry", applies: ({ state }) => ["failed", "cancelled"].includes(state) },
  rerun: { title: "Run again", applies: hasEnded },
};
const PAST = { pause: "paused", resume: "resumed", cancel: "cancelled", retry: "retried", rerun: "requested again" };
const DONE = { pause: "Pausing", resume: "Resumed", cancel: "Cancelling", retry: "Retrying", rerun: "Requested again" };

/** Show the buttons that apply in `element`; `onChange(problem)` follows each change, null if it succeeded. */
export function showActions(element, workflow, onChange) {
  const allowed = may("operator") ? Object.keys(ACTIONS).filter((name) => ACTIONS[name].applies(workflow)) : [];
  const key = `${workflow.workflow_id} ${allowed}`;
  if (element.dataset.actions === key) return;
  element.dataset.actions = key;
  element.replaceChildren(...allowed.map((name) => createButton(name, workflow, onChange)));
}

function createButton(name, workflow, onChange) {
  const button = createElement("button", { type: "button", className: name === "cancel" ? "danger" : "" }, ACTIONS[name].title);
  button.addEventListener("click", async () => {
    if (name === "cancel") return confirmCancel(workflow, onChange);
    button.disabled = true;
    onChange(await send(name, workflow));
    button.disabled = false;
  });
  return button;
}

function confirmCancel(workflow, onChange) {
  confirm({
    title: `Cancel the ${workflow.kind} workflow?`,
    explanation: "Its jobs stop at their next checkpoint. What is done stays, and it can be retried from there.",
    verb: "Cancel the workflow",
    isDanger: true,
    run: async () => {
      const problem = await send("cancel", workflow);
      if (problem === null) onChange(null);
      return problem;
    },
  });
}

/** Send a change; return why it failed, or null. */
async function send(name, { workflow_id }) {
  const response = await requestJson(`/api/workflows/${workflow_id}/${name}`, { method: "POST" });
  if (!response.ok) return failure(PAST[name], response.value);
  announce(DONE[name]);
  if (name === "rerun") location.hash = addressOf("workflow", response.value.workflow_id);
  return null;
}
