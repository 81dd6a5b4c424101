// @ts-check
/* A button on every block of code that puts its text into the clipboard. */

const SHOWN_MS = 2000;

/**
 * @param {Element} within
 * @param {{copy: string, copied: string}} words
 */
export function copyButtons(within, words) {
  for (const block of within.querySelectorAll("pre")) {
    if (block.parentElement?.classList.contains("code")) continue;
    const frame = document.createElement("div");
    frame.className = "code";
    block.replaceWith(frame);
    frame.append(block, button(block, words));
  }
}

/**
 * @param {HTMLPreElement} block
 * @param {{copy: string, copied: string}} words
 */
function button(block, words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "copy";
  made.textContent = words.copy;
  made.setAttribute("aria-live", "polite");
  made.addEventListener("click", async () => {
    if (!(await copied(block))) return;
    made.textContent = words.copied;
    setTimeout(() => (made.textContent = words.copy), SHOWN_MS);
  });
  return made;
}

/** @param {HTMLPreElement} block */
async function copied(block) {
  try {
    await navigator.clipboard.writeText(block.textContent ?? "");
    return true;
  } catch {
    // Without TLS there is no clipboard for scripts: what is selected can still be copied.
    getSelection()?.selectAllChildren(block);
    return document.execCommand("copy");
  }
}
