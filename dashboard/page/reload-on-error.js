// A part of the page that did not arrive, as when the host's network changes meanwhile, is asked for again with the
// whole page: half a page would say "Connecting …" for ever.

const AGAIN_MS = 1_000;

addEventListener(
  "error",
  ({ target }) => {
    if (target.matches?.("script, link")) setTimeout(() => location.reload(), AGAIN_MS);
  },
  { capture: true },
);
