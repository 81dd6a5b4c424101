// @ts-check
/* The conversation: the composer's keys, answers that are being written, code to copy. */

import { copyButtons } from "./copy.js";
import { draft } from "./drafts.js";
import { follow } from "./follow.js";
import { signedOut } from "./signed_out.js";

const NEAR_PX = 160;
const turns = document.querySelector("#turns");
const composer = document.querySelector("form.composer");
const words = document.querySelector("#words");
const connection = document.querySelector("#connection");
const written = words instanceof HTMLTextAreaElement ? draft(words) : null;
let sent = false;

/** @param {KeyboardEvent} event */
function typed(event) {
  // The Enter that ends a Japanese composition chooses characters; 229 is the same in older browsers.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  const touch = matchMedia("(pointer: coarse)").matches; // no Shift there: the button sends
  if (event.shiftKey || event.altKey || (touch && !event.ctrlKey && !event.metaKey)) return;
  event.preventDefault();
  if (composer instanceof HTMLFormElement) composer.requestSubmit();
}

function atTheEnd() {
  const page = document.documentElement;
  return page.scrollHeight - page.scrollTop - page.clientHeight < NEAR_PX;
}

function toTheEnd() {
  document.documentElement.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

/** @param {HTMLElement} answer */
function over(answer) {
  const { htmx } = /** @type {{htmx?: {process: (element: Element) => void}}} */ (/** @type {unknown} */ (window));
  htmx?.process(answer);
  answer.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true })); // times are shown in the reader's zone
}

/** @param {Element} within */
function enliven(within) {
  const said = turns instanceof HTMLElement ? turns.dataset : {};
  copyButtons(within, { copy: said.copy ?? "", copied: said.copied ?? "" });
  for (const answer of within.querySelectorAll(".answer[data-stream]")) {
    if (!(answer instanceof HTMLElement)) continue;
    let pinned = atTheEnd();
    const watch = () => (pinned = atTheEnd());
    addEventListener("scroll", watch, { passive: true });
    follow(answer, {
      shown: () => pinned && toTheEnd(),
      over: (one, focused) => {
        over(one);
        if (pinned) toTheEnd();
        if (focused && words instanceof HTMLElement) words.focus({ preventScroll: true }); // the button that was pressed is gone
        removeEventListener("scroll", watch);
      },
      wire: (now) => {
        if (now === "signed_out") signedOut(connection);
        else if (connection instanceof HTMLElement) connection.textContent = now === "lost" ? (connection.dataset.lost ?? "") : "";
      },
    });
  }
}

/** How much a search found is said, too. */
function count() {
  const said = document.querySelector("#talks [data-found]");
  const place = document.querySelector("#found");
  if (place && said instanceof HTMLElement) place.textContent = said.dataset.found ?? "";
}

document.querySelector("#talks")?.addEventListener("htmx:afterSwap", count);
if (words instanceof HTMLTextAreaElement) words.addEventListener("keydown", typed);
// Two clicks are one question; whoever comes back to the page may send again.
composer?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = !composer.hasAttribute("hx-post");
  if (sent) written?.sending();
});
addEventListener("pageshow", () => (sent = false));
document.querySelector("#keys")?.removeAttribute("hidden");
if (turns) {
  enliven(turns);
  if (!location.hash && !location.search) toTheEnd();
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target instanceof Element && turns.contains(event.target)) enliven(turns);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = /** @type {CustomEvent} */ (event).detail;
    if (elt !== composer) return;
    if (words instanceof HTMLTextAreaElement && xhr.status === 200) {
      document.querySelector("#problems")?.replaceChildren();
      words.value = "";
      written?.sent();
      words.focus();
    }
    toTheEnd(); // where the new turn is, or why there is none
  });
}
