// Reloads the page when one of its scripts or styles fails to load, as Chromium does when the host's network
// changes. An incomplete page would show "Connecting …" forever.

const RELOAD_DELAY_MS = 1_000;

addEventListener(
  "error",
  ({ target }) => {
    if (target.matches?.("script, link")) setTimeout(() => location.reload(), RELOAD_DELAY_MS);
  },
  { capture: true },
);
