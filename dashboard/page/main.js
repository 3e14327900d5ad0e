// Assembles the page.

import * as account from "./account.js";
import * as anomalies from "./anomalies.js";
import * as audit from "./audit.js";
import * as confirmation from "./confirmation.js";
import * as deadLetters from "./dead-letters.js";
import { $, announce, setText, setVisible } from "./dom.js";
import * as excursions from "./excursions.js";
import { duration, time } from "./format.js";
import { ignoreDoubleClicks } from "./forms.js";
import * as history from "./history.js";
import { reconnect, state, subscribe } from "./live-state.js";
import * as problems from "./problems.js";
import * as reports from "./reports.js";
import { startRouter } from "./router.js";
import * as sensor from "./sensor.js";
import * as sensors from "./sensors.js";
import * as services from "./services.js";
import * as summary from "./summary.js";
import * as throughput from "./throughput.js";
import * as workflow from "./workflow.js";
import * as workflows from "./workflows.js";

const SECTIONS = [problems, throughput, sensors, summary, deadLetters, services, history, sensor];
const SECTIONS_WITH_AGES = [problems, sensors, summary, deadLetters, services];
const STALE_AFTER_MS = 4_000; // the status is collected each second
const LABELS = {
  connecting: "Connecting …",
  live: "Live",
  stale: "No updates",
  disconnected: "Reconnecting …",
};

let connected = false;
let wasAllowed = false; // to see the state of the system
let connectionStatus = "connecting";

function render(isComplete = false) {
  if (state.at === null) return;
  if (isComplete) account.loadAccess(); // after each reconnection, since the server may have another opinion
  for (const section of SECTIONS) section.update(isComplete);
}

function onUpdate(isComplete) {
  connected = true;
  render(isComplete);
  updateConnectionStatus();
}

function onDisconnect() {
  connected = false;
  account.loadAccess(); // the login may have ended
  updateConnectionStatus();
}

const millisecondsSinceUpdate = () => performance.now() - state.receivedAt;

function currentStatus() {
  if (!connected) return state.receivedAt === null ? "connecting" : "disconnected";
  return millisecondsSinceUpdate() > STALE_AFTER_MS ? "stale" : "live";
}

/** Show whether the page is live, and since when it is not. An outdated state never looks current. */
function updateConnectionStatus() {
  const status = currentStatus();
  const isOutdated = status !== "live" && (status !== "connecting" || performance.now() > STALE_AFTER_MS);
  setText($("#connection .label"), LABELS[status]);
  $("#connection").dataset.state = status;
  document.body.dataset.live = !isOutdated;
  if (status === "live" || isOutdated) problems.setLive(!isOutdated);
  setVisible($("#stale"), isOutdated);
  if (isOutdated) setText($("#stale"), describeOutdated(status));
  if (status !== connectionStatus && connectionStatus !== "connecting") {
    announce(isOutdated ? `Not live: ${LABELS[status]}` : LABELS[status]);
  }
  connectionStatus = status;
}

function describeOutdated(status) {
  if (status === "connecting") return "Not live: the dashboard sends no status. The page tries again by itself.";
  const reason =
    status === "disconnected"
      ? "the connection to the dashboard was lost"
      : "the dashboard takes long to collect the status of the system";
  const age = duration(millisecondsSinceUpdate() / 1000);
  return `Not live since ${time(state.at)}, ${age} ago: ${reason}. The page shows the state of then.`;
}

setInterval(() => {
  if (document.hidden) return;
  updateConnectionStatus();
  if (connectionStatus === "live") for (const section of SECTIONS_WITH_AGES) section.updateAges();
}, 1_000);

ignoreDoubleClicks();
sensors.initialize(render);
summary.initialize(render);
account.initialize();
audit.initialize();
confirmation.initialize();
deadLetters.initialize();
excursions.initialize();
anomalies.initialize();
history.initialize();
sensor.initialize();
workflows.initialize();
workflow.initialize();
reports.initialize();
startRouter();
subscribe(onUpdate, onDisconnect);
account.onAccess(() => {
  const isAllowed = account.may("viewer");
  if (isAllowed && !wasAllowed) reconnect();
  wasAllowed = isAllowed;
});
account.loadAccess();
document.documentElement.dataset.started = true; // otherwise the page is loaded again
