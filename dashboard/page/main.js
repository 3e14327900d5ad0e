// Assembles the page.

import * as deadLetters from "./dead-letters.js";
import { $, announce, setText, setVisible } from "./dom.js";
import { duration, time } from "./format.js";
import { state, subscribe } from "./live-state.js";
import * as problems from "./problems.js";
import * as sensors from "./sensors.js";
import * as services from "./services.js";
import * as summary from "./summary.js";
import * as throughput from "./throughput.js";

const SECTIONS = [problems, throughput, sensors, summary, deadLetters, services];
const SECTIONS_WITH_AGES = [problems, sensors, summary, deadLetters, services];
const STALE_AFTER_MS = 4_000; // the status is collected each second
const LABELS = {
  connecting: "Connecting …",
  live: "Live",
  stale: "No updates",
  disconnected: "Reconnecting …",
};

let connected = false;
let connectionStatus = "connecting";

function render(isComplete = false) {
  if (state.at === null) return;
  for (const section of SECTIONS) section.update(isComplete);
}

function onUpdate(isComplete) {
  connected = true;
  render(isComplete);
  updateConnectionStatus();
}

function onDisconnect() {
  connected = false;
  updateConnectionStatus();
}

const millisecondsSinceUpdate = () => performance.now() - state.receivedAt;

function currentStatus() {
  if (!connected) return state.receivedAt === null ? "connecting" : "disconnected";
  return millisecondsSinceUpdate() > STALE_AFTER_MS ? "stale" : "live";
}

/** Show whether the page is live. An outdated state never looks current. */
function updateConnectionStatus() {
  const status = currentStatus();
  const isOutdated = status === "stale" || status === "disconnected";
  setText($("#connection .label"), LABELS[status]);
  $("#connection").dataset.state = status;
  document.body.dataset.live = !isOutdated;
  setVisible($("#stale"), isOutdated);
  if (isOutdated) {
    const reason =
      status === "disconnected"
        ? "the connection to the dashboard was lost"
        : "the dashboard takes long to collect the status of the system";
    const age = duration(millisecondsSinceUpdate() / 1000);
    setText($("#stale"), `Not live: ${reason}. This is the state of ${time(state.at)}, ${age} ago.`);
  }
  if (status !== connectionStatus && connectionStatus !== "connecting") {
    announce(isOutdated ? `Not live: ${LABELS[status]}` : LABELS[status]);
  }
  connectionStatus = status;
}

setInterval(() => {
  if (state.at === null || document.hidden) return;
  updateConnectionStatus();
  if (connectionStatus === "live") for (const section of SECTIONS_WITH_AGES) section.updateAges();
}, 1_000);

sensors.initialize(render);
summary.initialize(render);
deadLetters.initialize();
subscribe(onUpdate, onDisconnect);
