// Ongoing anomalies, on the overview.

import { may, onAccess } from "./account.js";
import { titleOfKind } from "./anomaly-kinds.js";
import { requestJson } from "./api.js";
import { $, createElement, reconcileChildren, repeatWhileShown, setText, setVisible } from "./dom.js";
import { duration, time } from "./format.js";
import { secondsSince } from "./live-state.js";
import { addressOf } from "./router.js";

const REFRESH_MS = 5_000;
const MAX_ANOMALIES = 100;
const section = $("#anomalies");
const list = $("ul", section);

export function initialize() {
  onAccess(load);
  repeatWhileShown(document.body, load, REFRESH_MS);
}

async function load() {
  if (!may("viewer")) return show([]);
  const response = await requestJson(`/api/anomalies?open=true&limit=${MAX_ANOMALIES}`);
  if (response.ok) show(response.value.anomalies); // else the page says that the database is down
}

/** What a person marked as wrong is no anomaly. */
function show(latest) {
  const anomalies = latest.filter(({ verdict }) => verdict !== "wrong");
  const number = latest.length === MAX_ANOMALIES ? `${MAX_ANOMALIES} or more` : `${anomalies.length}`;
  setText($(".count", section), number);
  setVisible(section, anomalies.length > 0);
  reconcileChildren(list, anomalies, (each) => `${each.anomaly_id}`, create, fill);
}

const create = () => createElement("li", {}, createElement("a"), createElement("span", { className: "tag" }), createElement("span", { className: "text" }));

function fill(item, each) {
  const link = $("a", item);
  link.href = addressOf("sensor", each.sensor_id);
  setText(link, each.name ? `${each.name} (${each.sensor_id})` : each.sensor_id);
  setText($(".tag", item), titleOfKind(each.kind));
  setText($(".text", item), `for ${duration(secondsSince(each.started_at))}, since ${time(each.started_at)}: ${each.reason}`);
}
