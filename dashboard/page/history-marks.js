// The excursions of the sensors in a history, as marks of its chart.

import { requestJson } from "./api.js";

const MAX_MARKS = 1_000; // the server's limit

/** The marks of a view `{ sensors, from, to }`; none if they cannot be loaded. */
export async function loadExcursionMarks({ sensors, from, to }) {
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  const query = new URLSearchParams([...sensors.map((id) => ["sensor", id]), ["from", iso(from)], ["to", iso(to)], ["limit", MAX_MARKS]]);
  const response = await requestJson(`/api/excursions?${query}`);
  if (!response.ok) return [];
  const seconds = (moment) => Date.parse(moment) / 1000;
  return response.value.excursions.map(({ started_at, ended_at }) => ({
    from: seconds(started_at),
    to: ended_at === null ? null : seconds(ended_at),
    color: "bad-background",
  }));
}
