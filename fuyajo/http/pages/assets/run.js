// @ts-check
/* One run as it goes on: its events, from the one behind those that the page came with. */

import { lineOf } from "./run_line.js";
import { Log } from "./run_log.js";
import { State } from "./run_state.js";
import { signedOut } from "./signed_out.js";
import { follow } from "./stream.js";

const list = /** @type {HTMLElement} */ (document.getElementById("log"));
const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const wire = /** @type {HTMLElement} */ (document.getElementById("wire"));
/** @type {import("./run_line.js").Words} */
const words = JSON.parse(list.dataset.words ?? "{}");
const run = list.dataset.run ?? "";
const log = new Log(words);
const state = new State(words, run, (who) => log.knows(who));
let lost = false;

/** The page without what the stream does not tell: whether it waits, what can be done, what was left. */
function look() {
  document.getElementById("facts")?.dispatchEvent(new CustomEvent("look"));
}

/** @param {string} said */
function say(said) {
  live.textContent = said;
}

const hears = {
  /** @param {number} _seq @param {string} kind @param {any} data */
  take(_seq, kind, data) {
    if (kind === "end") {
      state.ends(String(data.status));
      say(words.state[data.status] ?? "");
      if ("htmx" in window) look();
      else location.reload();
      return;
    }
    if (["queued", "starting"].includes(state.status)) {
      const facts = document.getElementById("facts");
      if (facts) facts.dataset.status = "running";
      say(words.state.running);
      look();
    }
    const line = lineOf(data);
    state.take(line);
    log.add(line);
  },
  /** @param {import("./stream.js").Wire} now */
  wire(now) {
    const { says } = words;
    wire.textContent = now === "over" ? "" : says[now];
    wire.dataset.wire = now;
    if (now === "lost" && !lost) say(says.lost);
    if (now === "live" && lost) say(says.back);
    if (now === "signed_out") {
      say(says.signed_out);
      signedOut(wire);
    }
    lost = now === "lost";
  },
};

/** Twice is a slip of the finger. @param {SubmitEvent} event */
function once(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = form.method === "post" ? "1" : "";
}

addEventListener("submit", once);
document.addEventListener("htmx:afterSwap", () => state.title());
/** @type {Element | null} */
let at = null;
document.addEventListener("htmx:beforeSwap", () => {
  at = document.activeElement?.closest("#facts") ? document.activeElement : null;
});
document.addEventListener("htmx:afterSettle", () => {
  // What stayed was moved, which takes the focus from it in some browsers. Who was at a button that is gone goes on
  // from the top of what took its place.
  const now = at?.isConnected ? at : document.getElementById("title");
  if (at && document.activeElement === document.body && now instanceof HTMLElement) now.focus();
});
state.title();
if (!state.over) follow(`/runs/${run}/stream`, Number(list.dataset.after), hears);
