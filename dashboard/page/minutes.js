// The last hour of the sensors that are in sight, minute by minute, asked for together.

const TOGETHER = 100; // the server's bound
const SOON_MS = 80;
const EACH_MS = 15_000;

const wanted = new Map(); // sensor → who takes its minutes
const fresh = new Set();
let timer = null;

/** From now on `take(minutes)` is called with the minutes of this sensor, again and again. */
export function want(sensor, take) {
  wanted.set(sensor, take);
  clearTimeout(timer);
  timer = setTimeout(ask, SOON_MS);
}

/** Not any more. */
export function forget(sensor) {
  wanted.delete(sensor);
  fresh.delete(sensor);
}

/** Ask for all anew. */
export function again() {
  fresh.clear();
  return ask();
}

async function ask() {
  const missing = [...wanted.keys()].filter((sensor) => !fresh.has(sensor));
  for (let i = 0; i < missing.length; i += TOGETHER) await askFor(missing.slice(i, i + TOGETHER));
}

async function askFor(sensors) {
  for (const sensor of sensors) fresh.add(sensor);
  const query = new URLSearchParams(sensors.map((sensor) => ["sensor", sensor]));
  let series = {};
  try {
    const answer = await fetch(`/api/minutes?${query}`);
    if (answer.ok) series = (await answer.json()).sensors;
  } catch {
    // The server is away, which the page says already; asked again soon.
  }
  for (const [sensor, minutes] of Object.entries(series)) wanted.get(sensor)?.(minutes);
}

setInterval(() => {
  if (!document.hidden) again();
}, EACH_MS);
