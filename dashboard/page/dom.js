// Elements. Whatever a stranger wrote reaches the page as text only.

export const $ = (selector, from = document) => from.querySelector(selector);

/** A new element: properties by their name, `data-…`, `aria-…` and `role` as attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Set the text, if it is another one: an unchanged node costs nothing and disturbs no reader. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set a text of ours in which `backticks` stand around what one would type. */
export function explain(element, text) {
  if (element.dataset.text === text) return;
  element.dataset.text = text;
  element.replaceChildren(...text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part)));
}

/** Show or hide. */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Let the children of `list` be those that `make` and `update` give for the items, one for each key. */
export function keyed(list, items, keyOf, make, update = () => {}) {
  const wanted = new Map(items.map((item) => [keyOf(item), item]));
  const there = new Map();
  for (const child of [...list.children]) {
    if (wanted.has(child.dataset.key)) there.set(child.dataset.key, child);
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const [key, item] of wanted) {
    const child = there.get(key) ?? make(item);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
}

/** Tell a screen reader. */
export function announce(sentence) {
  $("#announcer").textContent = sentence;
}
