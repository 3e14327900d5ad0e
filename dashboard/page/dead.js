// Dead letters: why each could never be a reading, and what may be done with it.

import { $, el, explain, keyed, say, show } from "./dom.js";
import { count, span, time } from "./format.js";
import { known, secondsSince } from "./live.js";

const KEY = "sensors-dashboard-token";
const DOING = {
  replay: {
    verb: "Replay",
    done: "Replayed",
    meaning: "Each goes into the queue again, and is stored if it can be a reading by now. What dies again comes back here.",
  },
  discard: {
    verb: "Discard",
    done: "Discarded",
    meaning: "They are removed for ever. `sensorctl dead export` keeps a copy.",
  },
};

const section = $("#dead");
const list = $(".letters", section);
const every = $("#every");
const dialog = $("#confirm");
const outcome = $("#outcome");
let letters = null; // as the server answered last
let reason = null; // only these are shown
let seenDepth = null;
let asking = false;
let askedAgain = false; // by somebody who has seen more than the question that is open
let possible = false;
let working = false;

export function start() {
  every.addEventListener("change", () => {
    for (const box of boxes()) box.checked = every.checked;
    actions();
  });
  list.addEventListener("change", actions);
  for (const name of Object.keys(DOING)) $(`#${name}`).addEventListener("click", () => confirm(name));
  $(".cancel", dialog).addEventListener("click", () => dialog.close("cancel"));
}

/** Ask anew when there are more or fewer than were seen, or when the page has just come. */
export function update(isWhole) {
  if (isWhole) askAccess();
  const depth = known.queue?.dead_letters ?? null;
  section.dataset.old = depth === null;
  if (depth === null) {
    seenDepth = null;
    return note(`The broker does not answer.${letters ? ` The dead letters are shown as they were at ${time(letters.at)}.` : ""}`);
  }
  if (isWhole || depth !== seenDepth) ask(depth);
}

async function askAccess() {
  const token = sessionStorage.getItem(KEY);
  const answer = await json("/api/access", token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  if (!answer.ok) return;
  possible = answer.value.possible;
  explain(
    $("#access"),
    possible
      ? ""
      : "This page only looks. To replay and discard here, set DASHBOARD_TOKEN and start the dashboard again; `sensorctl dead` works without.",
  );
  actions();
}

async function ask(depth) {
  if (asking) {
    askedAgain = true;
    return;
  }
  asking = true;
  askedAgain = false;
  const query = reason === null ? "" : `?${new URLSearchParams({ reason })}`;
  const answer = await json(`/api/dead-letters${query}`);
  asking = false;
  if (askedAgain) return ask(depth);
  if (!answer.ok) return note(`The dead letters cannot be had: ${answer.value.error}`);
  seenDepth = depth;
  letters = answer.value;
  if (reason !== null && !(reason in letters.reasons)) {
    reason = null;
    return ask(depth);
  }
  draw();
}

function note(words) {
  say($(".note", section), words);
  show($(".note", section), words !== "");
}

function draw() {
  const { depth, looked_at, messages, reasons } = letters;
  say($(".count", section), count(depth));
  note(depth ? "" : "There are none.");
  show($(".work", section), depth > 0);
  chips(reasons);
  keyed(list, messages, (message) => message.id, make, fill);
  const more = $(".more-letters", section);
  const left = (reason === null ? looked_at : reasons[reason]) - messages.length;
  const words = [];
  if (left > 0) words.push(`The oldest ${messages.length} are shown, ${left} more like these were seen.`);
  if (depth > looked_at) words.push(`Counted are the oldest ${count(looked_at)} of ${count(depth)}.`);
  say(more, words.join(" "));
  show(more, words.length > 0);
  actions();
}

function chips(reasons) {
  const all = Object.values(reasons).reduce((sum, one) => sum + one, 0);
  const choices = [["", "all", all], ...Object.entries(reasons).map(([word, many]) => [`=${word}`, word, many])];
  const group = $(".chips", section);
  keyed(group, choices, ([key]) => key, ([key, word]) => {
    const chip = el("button", { type: "button", className: "chip" });
    chip.addEventListener("click", () => {
      reason = key ? word : null;
      ask(seenDepth);
    });
    return chip;
  }, (chip, [key, word, many]) => {
    say(chip, `${word} ${count(many)}`);
    chip.setAttribute("aria-pressed", key === (reason === null ? "" : `=${reason}`));
  });
}

function make({ id }) {
  const box = el("input", { type: "checkbox", value: id, "aria-labelledby": `letter-${id}` });
  return el(
    "li",
    { className: "letter" },
    box,
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span", { id: `letter-${id}`, className: "head" }, el("span", { className: "tag" }), " ", el("span", { className: "detail" })),
        el("span", { className: "when" }),
      ),
      el("pre", { tabIndex: 0, "aria-label": "Body" }),
      el("p", { className: "hint" }),
    ),
  );
}

function fill(item, message) {
  say($(".tag", item), message.reason);
  say($(".detail", item), message.detail || "it does not say why");
  say($("pre", item), message.body);
  item.dataset.at = message.at ?? "";
  const words = [`ID ${message.id}`, `${count(message.body_bytes)} bytes`];
  if (message.sensor_id) words.push(`sensor ${message.sensor_id}`);
  if (message.at) words.push(`dead since ${time(message.at)}`);
  if (message.replays) words.push(message.replays === 1 ? "replayed once" : `replayed ${message.replays} times`);
  if (message.body.length < message.body_bytes) words.push(`whole: sensorctl dead show ${message.id}`);
  say($(".hint", item), words.join(" · "));
  age(item);
}

function age(item) {
  say($(".when", item), item.dataset.at ? `${span(secondsSince(item.dataset.at))} ago` : "");
}

/** Once a second: how long each is dead. */
export function tick() {
  for (const item of list.children) age(item);
}

const boxes = () => [...list.querySelectorAll("input[type=checkbox]")];
const selected = () => boxes().filter((box) => box.checked).map((box) => box.value);

/** What the buttons would work on: what is ticked, else all of the reason that was chosen. */
function order() {
  const ids = selected();
  if (ids.length) return { many: ids.length, of: "", body: { ids } };
  if (reason === null) return null;
  return { many: letters.reasons[reason], of: ` of ${reason}`, body: { reason, died_before: letters.at } };
}

function actions() {
  const wanted = order();
  const some = selected().length;
  every.checked = some > 0 && some === boxes().length;
  every.indeterminate = some > 0 && !every.checked;
  for (const [name, { verb }] of Object.entries(DOING)) {
    const button = $(`#${name}`);
    button.disabled = !possible || working || !wanted;
    say(button, wanted ? `${verb} ${some ? count(some) : `all${wanted.of}`} …` : `${verb} …`);
  }
}

function confirm(name) {
  const wanted = order();
  const { verb, meaning } = DOING[name];
  const letter = wanted.many === 1 ? "dead letter" : "dead letters";
  say($("h2", dialog), wanted.of ? `${verb} all dead letters${wanted.of}?` : `${verb} ${count(wanted.many)} ${letter}?`);
  explain($(".meaning", dialog), meaning);
  say($(".wrong", dialog), "");
  say($(".go", dialog), verb);
  $(".go", dialog).classList.toggle("danger", name === "discard");
  const field = $(".token input", dialog);
  field.value = sessionStorage.getItem(KEY) ?? "";
  show($(".token", dialog), !field.value);
  $("form", dialog).onsubmit = (event) => {
    event.preventDefault();
    send(name, wanted, field.value.trim());
  };
  dialog.showModal();
}

async function send(name, wanted, token) {
  if (working) return;
  working = true;
  $(".go", dialog).disabled = true;
  const answer = await json(`/api/dead-letters/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(wanted.body),
  });
  working = false;
  $(".go", dialog).disabled = false;
  if (answer.status === 401) return refuse();
  dialog.close("done");
  if (answer.ok) sessionStorage.setItem(KEY, token);
  say(outcome, answer.ok ? told(DOING[name].done, answer.value) : `It failed: ${answer.value.error}`);
  for (const box of boxes()) box.checked = false;
  ask(seenDepth);
}

function refuse() {
  sessionStorage.removeItem(KEY);
  show($(".token", dialog), true);
  say($(".wrong", dialog), "This is not the token.");
  $(".token input", dialog).select();
}

function told(verb, { done, refused, not_found }) {
  const parts = Object.entries(done).map(([word, many]) => `${count(many)} ${word}`);
  const words = [`${verb} ${parts.join(", ") || "none"}.`];
  if (refused) words.push(`${count(refused)} were replayed three times already and stay.`);
  if (not_found.length) words.push(`${count(not_found.length)} are not there any more.`);
  return words.join(" ");
}

/** What the server answers; also when it does not. */
async function json(address, options = {}) {
  try {
    const answer = await fetch(address, options);
    return { ok: answer.ok, status: answer.status, value: await answer.json() };
  } catch {
    return { ok: false, status: 0, value: { error: "the dashboard's server does not answer" } };
  }
}
