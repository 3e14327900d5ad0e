// Puts the parts of the page together.

import * as dead from "./dead.js";
import { $, announce, say, show } from "./dom.js";
import * as flow from "./flow.js";
import { span, time } from "./format.js";
import { known, listen } from "./live.js";
import * as problems from "./problems.js";
import * as sensors from "./sensors.js";
import * as services from "./services.js";
import * as summary from "./summary.js";

const PARTS = [problems, flow, sensors, summary, dead, services];
const TICKING = [problems, sensors, summary, dead, services];
const LATE_MS = 4_000; // a look each second, and some patience
let connected = false;
let state = "connecting";

function redraw(isWhole = false) {
  if (known.at === null) return;
  for (const part of PARTS) part.update(isWhole);
}

function heard(isWhole) {
  connected = true;
  redraw(isWhole);
  judge();
}

function lost() {
  connected = false;
  judge();
}

/** Live, or how it was when: nothing old is shown as if it were now. */
function judge() {
  const late = known.heard !== null && performance.now() - known.heard > LATE_MS;
  const now = !connected ? (known.heard === null ? "connecting" : "lost") : late ? "late" : "live";
  const words = {
    connecting: "Connecting …",
    live: "Live",
    late: "No news",
    lost: "Reconnecting …",
  };
  say($("#connection .words"), words[now]);
  $("#connection").dataset.state = now;
  document.body.dataset.live = now === "live" || now === "connecting";
  const old = now === "late" || now === "lost";
  show($("#stale"), old);
  if (old) {
    const why = now === "lost" ? "The connection to the dashboard is lost." : "The last look at the system takes long.";
    say($("#stale"), `Not live. ${why} This is how it was at ${time(known.at)}, ${span((performance.now() - known.heard) / 1000)} ago.`);
  }
  if (now !== state && state !== "connecting") announce(old ? `Not live: ${words[now]}` : words[now]);
  state = now;
}

setInterval(() => {
  if (known.at === null || document.hidden) return;
  judge();
  if (state === "live") for (const part of TICKING) part.tick();
}, 1_000);

sensors.start(redraw);
summary.start(redraw);
dead.start();
listen(heard, lost);
