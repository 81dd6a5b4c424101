// @ts-check
/* One answer as it is written. Each event has the whole answer so far, as HTML that the server made and sanitised:
   after a broken connection it replaces what is shown, so nothing is lost or doubled. */

import { follow as events } from "./stream.js";

/**
 * @param {HTMLElement} answer has `data-stream`
 * @param {{shown: () => void, over: (answer: HTMLElement, focused: boolean) => void, wire: (state: import("./stream.js").Wire) => void}} tell
 */
export function follow(answer, tell) {
  const where = answer.dataset.stream;
  if (!where) return;
  delete answer.dataset.stream;
  void events(where, 0, {
    take(_seq, kind, data) {
      if (kind !== "end") {
        answer.querySelector(".so-far")?.replaceChildren(piece(data.html));
        tell.shown();
        return;
      }
      const focused = answer.contains(document.activeElement);
      answer.replaceChildren(piece(data.html));
      answer.setAttribute("aria-busy", "false");
      tell.over(answer, focused);
    },
    wire(now) {
      if (now === "over" && answer.getAttribute("aria-busy") === "true") location.reload(); // it is gone: the page says so
      tell.wire(now);
    },
  });
}

/** @param {string} html of our own server, sanitised there */
function piece(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}
