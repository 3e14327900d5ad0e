// The workers: who executes jobs, and which.

import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, setText, setTextWithCode, setVisible } from "./dom.js";
import { duration, quantity } from "./format.js";

const LOST_AFTER_SECONDS = 30;
const section = $("#workers");

export async function load() {
  const response = await requestJson("/api/workers");
  if (!response.ok) return setText($(".note", section), `The workers cannot be loaded: ${response.value.detail}`);
  const { workers } = response.value;
  const none = "No worker was seen within a day. Start some: `docker compose --profile workflows up -d`.";
  setTextWithCode($(".note", section), workers.length ? "" : none);
  setVisible($("ul", section), workers.length > 0);
  reconcileChildren($("ul", section), workers, (worker) => worker.name, create, fill);
}

const create = ({ name }) => createElement("li", {}, createElement("strong", {}, name), " ", createElement("span"));

function fill(item, worker) {
  const isLost = worker.seconds_since_seen > LOST_AFTER_SECONDS;
  item.dataset.lost = isLost;
  const jobs = quantity(worker.jobs.length, "job");
  const seen = isLost ? `not seen for ${duration(worker.seconds_since_seen)}` : jobs;
  setText($("span", item), `${seen}, version ${worker.version}, kinds ${worker.kinds.join(", ")}`);
}
