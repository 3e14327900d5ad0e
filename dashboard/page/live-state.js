// The live state: the event stream sends everything once, then changes. It reconnects by itself.

const MAX_SILENCE_MS = 12_000; // the server sends at least a heartbeat each 5 s
const RECONNECT_MS = 1_000;
const MAX_RECONNECT_MS = 30_000; // a busy dashboard refuses the stream; it is not requested each second then
const HOUR_SECONDS = 3600;

/** The state of the system as received last. `receivedAt` is `at` on the clock of `performance.now()`. */
export const state = {
  at: null, // when the server collected it, in milliseconds since 1970
  receivedAt: null,
  services: [],
  queue: null,
  throughput: null,
  problems: [],
  sensors: new Map(),
  sensorsCurrent: false, // otherwise `sensors` is how they were at `sensorsAt`
  sensorsAt: null,
  points: [],
};

let connect = () => {};
let source = null;
let lastEventAt = 0;
let reconnectTimer = null;
let failures = 0; // since the last event
let serverTime = null; // when the stream started, in milliseconds since 1970

/** Subscribe. `onUpdate(isComplete)` follows each update, `onDisconnect()` each loss of the connection. */
export function subscribe(onUpdate, onDisconnect) {
  connect = () => {
    clearTimeout(reconnectTimer);
    source?.close();
    lastEventAt = performance.now();
    source = new EventSource("/api/events");
    source.addEventListener("clock", (event) => (serverTime = Date.parse(JSON.parse(event.data).now)));
    source.addEventListener("heartbeat", () => (lastEventAt = performance.now()));
    source.addEventListener("state", (event) => apply(JSON.parse(event.data), true, onUpdate));
    source.addEventListener("change", (event) => apply(JSON.parse(event.data), false, onUpdate));
    source.addEventListener("error", () => {
      onDisconnect();
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(reconnectTimer);
      reconnectTimer = setTimeout(connect, Math.min(RECONNECT_MS * 2 ** failures, MAX_RECONNECT_MS));
      failures += 1;
    });
  };
  const disconnect = () => {
    clearTimeout(reconnectTimer);
    source?.close();
    onDisconnect();
  };
  // A browser opens few connections per host, so a hidden page holds none.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  setInterval(() => {
    const isWaiting = source?.readyState === EventSource.CLOSED;
    if (document.hidden || isWaiting || performance.now() - lastEventAt < MAX_SILENCE_MS) return;
    onDisconnect();
    connect();
  }, 1_000);
  if (!document.hidden) connect();
}

/** Connect now if the connection is lost, instead of when its delay is over. */
export function reconnect() {
  if (source?.readyState !== EventSource.CLOSED || document.hidden) return;
  failures = 0;
  connect();
}

function apply(update, isComplete, onUpdate) {
  failures = 0;
  lastEventAt = performance.now();
  state.at = Date.parse(update.at);
  // The first state may be old already, when the dashboard is slow to collect.
  const age = isComplete && serverTime !== null ? Math.max(0, serverTime - state.at) : 0;
  state.receivedAt = lastEventAt - age;
  for (const part of ["services", "queue", "throughput", "problems"]) {
    if (part in update) state[part] = update[part];
  }
  applySensors(update, isComplete);
  if (isComplete) state.points = update.history.points;
  else applyPoint(update.point);
  onUpdate(isComplete);
}

function applySensors(update, isComplete) {
  if (update.sensors === null) {
    state.sensorsCurrent = false;
    return;
  }
  if (isComplete || !state.sensorsCurrent) state.sensors = new Map();
  for (const sensor of update.sensors) state.sensors.set(sensor.sensor_id, sensor);
  for (const id of update.removed ?? []) state.sensors.delete(id);
  state.sensorsCurrent = true;
  state.sensorsAt = state.at;
}

function applyPoint(point) {
  const { points } = state;
  while (points.length && points.at(-1).at >= point.at) points.pop(); // several after the server's clock was set back
  points.push(point);
  while (points[0].at <= point.at - HOUR_SECONDS) points.shift();
}

/** The server's current time, in milliseconds since 1970. */
export const serverNow = () =>
  state.at === null ? Date.now() : state.at + (performance.now() - state.receivedAt);

/** Seconds since a moment, on the server's clock. */
export const secondsSince = (moment) => (serverNow() - Date.parse(moment)) / 1000;
