// The connection: the whole state at first, then what changes. It comes back by itself.

const SILENCE_MS = 12_000; // the server says something each 5 s, even if there is no news
const AGAIN_MS = 1_000;

/** What is known of the system, and since when. Times are `performance.now()`. */
export const known = {
  at: null, // the server's time of the last look
  heard: null, // when that arrived
  services: [],
  queue: null,
  throughput: null,
  problems: [],
  sensors: new Map(),
  sensorsAnswer: false, // else `sensors` is how they were at `sensorsAt`
  sensorsAt: null,
  points: [],
};

const HOUR = 3600;
let source = null;
let lastWord = 0;
let again = null;

/** Listen for ever. `heard(whole)` follows each update, `lost()` each loss of the connection. */
export function listen(heard, lost) {
  const open = () => {
    clearTimeout(again);
    source?.close();
    lastWord = performance.now();
    source = new EventSource("/api/events");
    source.addEventListener("still", () => (lastWord = performance.now()));
    source.addEventListener("state", (event) => take(JSON.parse(event.data), true, heard));
    source.addEventListener("change", (event) => take(JSON.parse(event.data), false, heard));
    source.addEventListener("error", () => {
      lost();
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
    });
  };
  const shut = () => {
    clearTimeout(again);
    source?.close();
    lost();
  };
  // A browser has few connections for a host; a page that nobody sees holds none of them.
  document.addEventListener("visibilitychange", () => (document.hidden ? shut() : open()));
  setInterval(() => {
    if (document.hidden || performance.now() - lastWord < SILENCE_MS) return;
    lost();
    open();
  }, 1_000);
  if (!document.hidden) open();
}

function take(news, isWhole, heard) {
  lastWord = performance.now();
  known.heard = lastWord;
  known.at = Date.parse(news.at);
  for (const part of ["services", "queue", "throughput", "problems"]) {
    if (part in news) known[part] = news[part];
  }
  takeSensors(news, isWhole);
  if (isWhole) known.points = news.history.points;
  else takePoint(news.point);
  heard(isWhole);
}

function takeSensors(news, isWhole) {
  if (news.sensors === null) {
    known.sensorsAnswer = false;
    return;
  }
  if (isWhole || !known.sensorsAnswer) known.sensors = new Map();
  for (const sensor of news.sensors) known.sensors.set(sensor.sensor_id, sensor);
  for (const id of news.gone ?? []) known.sensors.delete(id);
  known.sensorsAnswer = true;
  known.sensorsAt = known.at;
}

function takePoint(point) {
  const points = known.points;
  if (points.length && points.at(-1).at >= point.at) points.pop();
  points.push(point);
  while (points[0].at <= point.at - HOUR) points.shift();
}

/** The server's time now, in milliseconds since 1970. */
export const serverNow = () =>
  known.at === null ? Date.now() : known.at + (performance.now() - known.heard);

/** Seconds since a moment. */
export const secondsSince = (moment) => (serverNow() - Date.parse(moment)) / 1000;
