// Requests to the dashboard's API.

const READ_TIMEOUT_MS = 30_000; // a lost connection would hold one of the browser's few for a quarter of an hour

let unauthorized = () => {};

/** Call the function after each response that a login is required. */
export const onUnauthorized = (listener) => (unauthorized = listener);

/** The parsed response; `value` is problem details (RFC 9457) when it is not ok or there is no response. */
export async function requestJson(path, options = {}) {
  const abort = new AbortController();
  const timer = options.method ? null : setTimeout(() => abort.abort(), READ_TIMEOUT_MS); // a change may take long
  try {
    const response = await fetch(path, { ...options, signal: abort.signal });
    if (response.status === 401 && path !== "/api/login") unauthorized();
    return { ok: response.ok, status: response.status, value: response.status === 204 ? null : await response.json() };
  } catch {
    return { ok: false, status: 0, value: { detail: "the dashboard does not respond", outcome_unknown: Boolean(options.method) } };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The first rows of a list that is served in pages, at least `number` if there are so many, and whether there are more.
 * `request(cursor)` returns a page, whose rows are its field `name`, or null if it fails; then the result is null, too.
 */
export async function readRows(request, name, number) {
  const rows = [];
  let cursor = null;
  do {
    const page = await request(cursor);
    if (page === null) return null;
    rows.push(...page[name]);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < number);
  return { rows, hasMore: cursor !== null };
}

/** Send a body as JSON; the response is that of `requestJson`. */
export const sendJson = (path, body, method = "POST") =>
  requestJson(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/**
 * Sends bodies to `path`, as sendJson does. A body that is sent again after its response was lost has the same
 * Idempotency-Key, so that the server does what it says only once.
 */
export function createRepeatableSender(path) {
  let unanswered = null;
  return async (body) => {
    const text = JSON.stringify(body);
    const key = unanswered?.text === text ? unanswered.key : crypto.getRandomValues(new Uint32Array(4)).join("-");
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const response = await requestJson(path, { method: "POST", headers, body: text });
    unanswered = response.value?.outcome_unknown ? { text, key } : null;
    return response;
  };
}
