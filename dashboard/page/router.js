// The views of the page, each with an address: `#/` is the overview, `#/sensor/ID` a sensor, `#/NAME?key=value` another.

import { $, announce, setVisible, throttle } from "./dom.js";
import { setViewTitle } from "./title.js";

const OVERVIEW = "overview";
const TITLE = document.title;
const ADDRESS_MS = 300; // WebKit refuses more than 100 addresses in 10 s, and Firefox more than 200
const views = new Map([[OVERVIEW, { element: $("#overview"), show: () => TITLE, hide: () => {} }]]);
let current = OVERVIEW;

/**
 * Add a view. `show({ id, parameters })` follows each change of its address and returns the title of the page;
 * `hide()` follows when another view is shown.
 */
export function addView(name, element, show, hide = () => {}) {
  views.set(name, { element, show, hide });
}

/** The address of a view; `id` and `parameters` may contain any characters. */
export function addressOf(name, id = null, parameters = {}) {
  const path = id === null ? `#/${name}` : `#/${name}/${encodeURIComponent(id)}`;
  const query = new URLSearchParams(parameters).toString();
  return query ? `${path}?${query}` : path;
}

const replaceAddress = throttle((address) => history.replaceState(null, "", address), ADDRESS_MS);

/** Replace the parameters of the current address, without a new entry in the browser's history. */
export function replaceParameters(parameters) {
  const { name, id } = parse(location.hash);
  replaceAddress(addressOf(name, id, parameters));
}

/** Show the view of the address, now and whenever that changes. */
export function startRouter() {
  addEventListener("hashchange", () => showView(true));
  $(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // its address would be the overview's
    $("#main").focus();
  });
  showView(false);
}

/** The name, the ID and the parameters in an address; that of a section, such as `#sensors`, is the overview's. */
function parse(hash) {
  const [, path, query] = /^#\/([^?]*)\??(.*)$/.exec(hash) ?? ["", "", ""];
  const separator = path.indexOf("/");
  const name = separator < 0 ? path : path.slice(0, separator);
  if (!views.has(name)) return { name: OVERVIEW, id: null, parameters: new URLSearchParams() };
  const id = separator < 0 ? null : decode(path.slice(separator + 1));
  return { name, id, parameters: new URLSearchParams(query) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}

function showView(isNavigation) {
  replaceAddress.cancel(); // it was the previous view's
  const { name, id, parameters } = parse(location.hash);
  const view = views.get(name);
  const hasChanged = name !== current;
  if (hasChanged) views.get(current).hide();
  current = name;
  for (const [other, { element }] of views) setVisible(element, other === name);
  const title = view.show({ id, parameters });
  setViewTitle(title);
  if (!isNavigation) return;
  const section = document.getElementById(location.hash.slice(1));
  if (section) section.scrollIntoView();
  else scrollTo(0, 0);
  if (!hasChanged && name === OVERVIEW) return;
  announce(title);
  if (!section) $("#main").focus({ preventScroll: true });
}
