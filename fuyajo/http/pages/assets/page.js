// @ts-check
/* What every page does: times in the reader's zone, and the zone told to the server for the next page. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`fuyajo_zone=${zone}`)) {
  document.cookie = `fuyajo_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}

/** @param {Element | Document} within */
export function localTimes(within) {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.getAttribute("datetime") ?? "");
    if (!Number.isNaN(at.getTime())) time.textContent = format.format(at);
  }
}

localTimes(document);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target instanceof Element) localTimes(event.target);
});

/** @param {EventTarget | null} but the menu that stays open */
function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!(but instanceof Node && menu.contains(but))) menu.removeAttribute("open");
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details.menu[open]");
  if (event.key !== "Escape" || !open) return;
  const within = open.contains(document.activeElement);
  open.removeAttribute("open");
  if (within) open.querySelector("summary")?.focus();
});
