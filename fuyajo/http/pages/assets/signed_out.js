// @ts-check
/* A stream cannot send a page to sign in: it says so where its reader looks, with the way there and back. */

/** @param {Element | null} place that says how the connection is */
export function signedOut(place) {
  const told = document.querySelector("#signed-out");
  if (!(told instanceof HTMLTemplateElement) || !place) return;
  place.replaceChildren(told.content.cloneNode(true));
}
