// @ts-check
/* Curves look again by themselves, as long as somebody can see them; not while the table of values is open,
   which would close under who reads it. Without this module they are as old as the page. */

const EACH_MS = 10_000;

function look() {
  const open = document.querySelector("#history details[open]");
  if (document.visibilityState !== "visible" || open) return;
  document.body.dispatchEvent(new CustomEvent("look"));
}

// A look that was under way when somebody opened it comes too late.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const byItself = detail.requestConfig.elt.matches("[hx-trigger^=look]");
  if (byItself && document.querySelector("#history details[open]")) detail.shouldSwap = false;
});
setInterval(look, EACH_MS);
document.addEventListener("visibilitychange", look);
