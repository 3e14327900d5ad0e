// The title of the tab: whether something is wrong, and which view is shown.

let view = document.title;
let prefix = "";

/** Set the title of the view that is shown. */
export function setViewTitle(text) {
  view = text;
  update();
}

/** Set what precedes the title of every view, or nothing. */
export function setTitlePrefix(text) {
  prefix = text;
  update();
}

function update() {
  const title = `${prefix}${view}`;
  if (document.title !== title) document.title = title;
}
