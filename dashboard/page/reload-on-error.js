// Reloads the page when one of its scripts or styles fails to load, as Chromium does when the host's network
// changes. An incomplete page would show "Connecting …" forever. It waits until the server responds, because
// a reload that fails leaves the browser's own error page, which reloads nothing.

const RETRY_DELAY_MS = 1_000;
let isReloading = false;

async function reloadWhenReachable() {
  try {
    await fetch("/livez", { cache: "no-store" });
  } catch {
    setTimeout(reloadWhenReachable, RETRY_DELAY_MS);
    return;
  }
  location.reload();
}

addEventListener(
  "error",
  ({ target }) => {
    if (isReloading || !target.matches?.("script, link")) return;
    isReloading = true;
    setTimeout(reloadWhenReachable, RETRY_DELAY_MS);
  },
  { capture: true },
);
