// What a workflow asks: the options of an answer, each with what would be read, and a button that selects it.

import { may } from "./account.js";
import { sendJson } from "./api.js";
import { $, announce, createElement, setText, setVisible } from "./dom.js";
import { failure } from "./forms.js";
import { degrees, time } from "./format.js";
import { state } from "./live-state.js";

const NAMES = { sensors: "Sensor" };
const section = $("#workflow .question");
const form = $("form", section);

/** Show the question of the workflow, if it asks one; `onAnswer()` follows the answer. */
export function showQuestion(workflow, onAnswer) {
  const job = workflow.jobs.find((each) => each.question && each.state === "paused");
  setVisible(section, job !== undefined);
  const key = job ? `${job.job_id} ${job.attempt} ${may("operator")}` : "";
  if (section.dataset.key === key) return; // what is typed and focused stays
  section.dataset.key = key;
  setText($(".error", section), "");
  if (!job) return;
  const { question, option, options = [], readings = [] } = job.question;
  const send = (button, body) => answer(workflow, button, body, onAnswer);
  setText($("p", section), question);
  $(".readings", section).replaceChildren(...readings.map(createReading));
  $("ol", section).replaceChildren(...options.map((each, index) => createOption(each, (button) => send(button, { option: index + 1 }))));
  showForm(options.length ? null : option, send);
}

/** Let the value of an option be typed, if the question offers none. */
function showForm(option, send) {
  setVisible(form, Boolean(option) && may("operator"));
  if (!option) return;
  form.reset();
  setText($(".option", form), NAMES[option] ?? option.replaceAll("_", " "));
  const known = option === "sensors" ? [...state.sensors.values()] : [];
  $("datalist", form).replaceChildren(...known.map(({ sensor_id, name }) => createElement("option", { value: sensor_id, label: name ?? "" })));
  form.onsubmit = (event) => {
    event.preventDefault();
    send($("button", form), { options: { [option]: form.elements.value.value.trim() } });
  };
}

function createOption({ label, readings = [] }, onSelect) {
  const item = createElement("li", {}, createElement("strong", {}, label), createElement("ul", {}, ...readings.map(createReading)));
  if (!may("operator")) return item;
  const button = createElement("button", { type: "button", "aria-label": `Answer: ${label}` }, "This is right");
  button.addEventListener("click", () => onSelect(button));
  item.append(button);
  return item;
}

async function answer({ workflow_id }, button, body, onAnswer) {
  button.disabled = true;
  setText($(".error", section), "");
  const response = await sendJson(`/api/workflows/${workflow_id}/answer`, body);
  button.disabled = false;
  if (!response.ok) return setText($(".error", section), failure("answered", response.value));
  announce("Answered");
  onAnswer();
}

function createReading({ sensor_id, measured_at, temperature }) {
  const sensor = sensor_id === null ? "" : `${sensor_id}, `;
  return createElement("li", {}, `${sensor}${time(measured_at)}: ${degrees(temperature)} °C`);
}
