// Requests to the dashboard's API.

/** The parsed response; `value` is problem details (RFC 9457) when it is not ok or there is no response. */
export async function requestJson(path, options = {}) {
  try {
    const response = await fetch(path, options);
    return { ok: response.ok, status: response.status, value: await response.json() };
  } catch {
    return { ok: false, status: 0, value: { detail: "the dashboard does not respond" } };
  }
}
