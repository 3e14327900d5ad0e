// What a workflow asks: the options of an answer, each with what would be read, and a button that chooses it.

import { may } from "./account.js";
import { sendJson } from "./api.js";
import { $, announce, createElement, setText, setVisible } from "./dom.js";

const section = $("#workflow .question");

/** Show the question of the workflow, if it asks one; `onAnswer()` follows the answer. */
export function showQuestion(workflow, onAnswer) {
  const job = workflow.jobs.find(({ state, question }) => question && state === "paused");
  setVisible(section, job !== undefined);
  const key = job ? `${job.job_id} ${job.attempt} ${may("operator")}` : "";
  if (section.dataset.key === key) return; // what is focused stays
  section.dataset.key = key;
  setText($(".error", section), "");
  setText($("p", section), job?.question.question ?? "");
  const options = job?.question.options ?? [];
  $("ol", section).replaceChildren(...options.map((option, index) => createOption(workflow, option, index + 1, onAnswer)));
}

function createOption(workflow, { label, readings = [] }, number, onAnswer) {
  const item = createElement("li", {}, createElement("strong", {}, label));
  if (readings.length) item.append(createElement("ul", {}, ...readings.map((reading) => createElement("li", {}, textOf(reading)))));
  if (!may("operator")) return item;
  const button = createElement("button", { type: "button", "aria-label": `Answer: ${label}` }, "This is right");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const response = await sendJson(`/api/workflows/${workflow.workflow_id}/answer`, { option: number });
    button.disabled = false;
    setText($(".error", section), response.ok ? "" : `Not answered: ${response.value.detail}`);
    if (!response.ok) return;
    announce("Answered");
    onAnswer();
  });
  item.append(button);
  return item;
}

const textOf = (reading) => (typeof reading === "string" ? reading : Object.values(reading).join(", "));
