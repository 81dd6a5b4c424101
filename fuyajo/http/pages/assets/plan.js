// @ts-check
/* A plan on its own page: looked at again while somebody looks at it, since others may answer it, or the host moves. */

const EVERY_MS = 5000;
const moved = document.querySelector("#moved");
/** @type {Map<string, string | boolean>} */
let kept = new Map();

function look() {
  if (document.visibilityState === "visible") document.querySelector("#plan[hx-get]")?.dispatchEvent(new Event("look"));
}

/** What somebody typed and unfolded in it. */
function keep() {
  kept = new Map();
  for (const one of document.querySelectorAll("#plan [id]")) {
    if (one instanceof HTMLInputElement) kept.set(one.id, one.value);
    if (one instanceof HTMLDetailsElement) kept.set(one.id, one.open);
  }
}

function restore() {
  for (const [id, value] of kept) {
    const one = document.getElementById(id);
    if (one instanceof HTMLInputElement && one.type !== "hidden") one.value = String(value);
    if (one instanceof HTMLDetailsElement) one.open = Boolean(value);
  }
}

/** @param {boolean} inside */
function tell(inside) {
  const said = document.querySelectorAll("#plan header .state:first-of-type, #plan .standing");
  if (moved) moved.textContent = [...said].map((one) => one.textContent?.trim()).join(" ").replace(/\s+/g, " ");
  // Who was at a button that is gone goes on from the top of what took its place.
  const top = document.querySelector("#plan [tabindex='-1']");
  if (inside && document.activeElement === document.body && top instanceof HTMLElement) top.focus();
}

let inside = false;
const clock = setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status >= 400) clearInterval(clock); // said once, above the plan
  inside = Boolean(document.activeElement?.closest("#plan"));
  keep();
});
document.addEventListener("htmx:afterSettle", () => {
  restore();
  tell(inside);
});
