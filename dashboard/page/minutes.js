// The last hour by the minute of the sensors whose charts are in view, fetched in batches.

import { requestJson } from "./api.js";
import { repeatWhileShown } from "./dom.js";

const BATCH_SIZE = 100; // the server's limit
const DEBOUNCE_MS = 80;
const REFRESH_MS = 15_000;

const listeners = new Map(); // sensor ID → function that receives its minutes
const fetched = new Set();
let timer = null;

/** From now on call `listener(minutes)` with the minutes of this sensor whenever they are fetched. */
export function subscribe(sensorId, listener) {
  listeners.set(sensorId, listener);
  clearTimeout(timer);
  timer = setTimeout(fetchMissing, DEBOUNCE_MS);
}

export function unsubscribe(sensorId) {
  listeners.delete(sensorId);
  fetched.delete(sensorId);
}

/** Fetch the minutes of all subscribed sensors again. */
export function refresh() {
  fetched.clear();
  return fetchMissing();
}

async function fetchMissing() {
  const missing = [...listeners.keys()].filter((sensorId) => !fetched.has(sensorId));
  for (let i = 0; i < missing.length; i += BATCH_SIZE) await fetchBatch(missing.slice(i, i + BATCH_SIZE));
}

async function fetchBatch(sensorIds) {
  for (const sensorId of sensorIds) fetched.add(sensorId);
  const query = new URLSearchParams(sensorIds.map((sensorId) => ["sensor", sensorId]));
  const response = await requestJson(`/api/minutes?${query}`);
  // If it is down, the page shows that already; the next refresh tries again.
  const series = response.ok ? response.value.sensors : {};
  for (const [sensorId, minutes] of Object.entries(series)) listeners.get(sensorId)?.(minutes);
}

repeatWhileShown(document.body, refresh, REFRESH_MS);
