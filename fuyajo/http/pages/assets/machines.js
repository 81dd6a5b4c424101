// @ts-check
/* Tables of machines: all at once, and how many are chosen. One machine: the command to copy. All of it is only
   a convenience: without this module the same forms do the same. */

/** @returns {HTMLInputElement[]} */
function boxes() {
  return [...document.querySelectorAll("#chosen tbody input[type=checkbox]")].filter(
    (box) => box instanceof HTMLInputElement,
  );
}

function tell() {
  const every = document.getElementById("every");
  const told = document.getElementById("how-many");
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  if (told) told.textContent = (told.dataset.text ?? "{n}").replace("{n}", String(chosen));
  if (every instanceof HTMLInputElement) {
    every.hidden = all.length === 0;
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  }
}

/** @param {Element} button */
async function copy(button) {
  if (!(button instanceof HTMLElement)) return;
  const text = document.getElementById(button.dataset.copy ?? "")?.textContent ?? "";
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = button.dataset.done ?? before;
  button.addEventListener("blur", () => (button.textContent = before), { once: true });
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.closest("#chosen")) return;
  if (box.id === "every") for (const each of boxes()) each.checked = box.checked;
  tell();
});
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button) void copy(button);
});
document.addEventListener("htmx:afterSwap", tell);
// Browsers keep what was chosen when somebody comes back.
addEventListener("pageshow", tell);
// Only pages of this machine, or encrypted ones, may write to the clipboard.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.removeAttribute("hidden");
}
tell();
