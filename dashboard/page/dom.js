// Helpers for elements. Untrusted text reaches the page only through textContent.

export const $ = (selector, root = document) => root.querySelector(selector);

/** Create an element: properties by name; `data-…`, `aria-…` and `role` as attributes. */
export function createElement(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Set the text if it differs: an unchanged node costs nothing and does not disturb a screen reader. */
export function setText(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  delete element.dataset.text; // it is not the one of setTextWithCode any more
}

/** Set a text of the project's own in which `backticks` enclose code. */
export function setTextWithCode(element, text) {
  if (element.dataset.text === text) return;
  element.dataset.text = text;
  element.replaceChildren(...text.split("`").map((part, i) => (i % 2 ? createElement("code", {}, part) : part)));
}

/** Show or hide. */
export function setVisible(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Make the children of `list` match `items`, reusing the child with the same key. */
export function reconcileChildren(list, items, keyOf, create, update = () => {}) {
  const itemsByKey = new Map(items.map((item) => [keyOf(item), item]));
  const existing = new Map();
  for (const child of [...list.children]) {
    if (itemsByKey.has(child.dataset.key)) existing.set(child.dataset.key, child);
    else child.remove();
  }
  let next = list.firstElementChild;
  for (const [key, item] of itemsByKey) {
    const child = existing.get(key) ?? create(item);
    child.dataset.key = key;
    update(child, item);
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
  }
}

/** Repeat an action while the page and the element are shown, unless it is not done with the last time. */
export function repeatWhileShown(element, action, milliseconds) {
  let isActing = false;
  setInterval(async () => {
    if (isActing || document.hidden || element.hidden) return;
    isActing = true;
    try {
      await action();
    } finally {
      isActing = false;
    }
  }, milliseconds);
}

/**
 * A function that acts at once, and when it is called more often than each `milliseconds`, then with the latest call of that
 * time; `cancel()` drops the call that waits.
 */
export function throttle(action, milliseconds) {
  let timer = null;
  let actedAt = -Infinity;
  const throttled = (...values) => {
    const act = () => {
      actedAt = performance.now();
      action(...values);
    };
    clearTimeout(timer);
    const remaining = actedAt + milliseconds - performance.now();
    if (remaining > 0) timer = setTimeout(act, remaining);
    else act();
  };
  return Object.assign(throttled, { cancel: () => clearTimeout(timer) });
}

/** Let a screen reader announce a message. */
export function announce(message) {
  $("#announcer").textContent = message;
}
