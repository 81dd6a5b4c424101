// @ts-check
/* What is typed outlives a session that has ended: it is in this tab until it was sent, for its writer alone. */

const SENT = "fuyajo sent";

/**
 * Fill the box with what was typed here before, and keep what is typed from now on.
 * @param {HTMLTextAreaElement} box
 * @returns {{sending: () => void, sent: () => void}} `sending`: the next page tells whether it was taken
 */
export function draft(box) {
  const writer = document.querySelector("header .user")?.textContent ?? "";
  const key = `fuyajo words ${writer} ${location.pathname}`;
  if (location.hash.startsWith("#turn-")) sessionStorage.removeItem(sessionStorage.getItem(SENT) ?? ""); // that is its turn
  sessionStorage.removeItem(SENT);
  if (!box.value) box.value = sessionStorage.getItem(key) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
  return {
    sending: () => sessionStorage.setItem(SENT, key),
    sent: () => sessionStorage.removeItem(key),
  };
}
