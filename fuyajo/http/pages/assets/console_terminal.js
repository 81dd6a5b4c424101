// @ts-check
/* The terminal itself: xterm.js, and what a guest may not do with it. */
import { paper } from "./console_paper.js";

/**
 * @typedef {{write: (data: Uint8Array | string, then?: () => void) => void, focus: () => void, reset: () => void,
 *   open: (place: HTMLElement) => void, loadAddon: (addon: unknown) => void, options: Record<string, unknown>,
 *   onData: (take: (text: string) => void) => void, onBinary: (take: (text: string) => void) => void,
 *   attachCustomKeyEventHandler: (take: (event: KeyboardEvent) => boolean) => void,
 *   textarea?: HTMLTextAreaElement, parser: {registerOscHandler: (code: number, take: () => boolean) => void,
 *   registerDcsHandler: (id: object, take: () => boolean) => void,
 *   registerCsiHandler: (id: object, take: () => boolean) => void}}} Terminal
 */

/* Titles, links, colours of the page, the clipboard: nothing that a guest prints asks for any of them here. Nor is a
   question answered whose answer somebody else could have chosen: it would be typed. */
const OSC = [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 52, 104, 110, 111, 112, 133, 777, 1337];

/**
 * @param {HTMLElement} place
 * @param {Record<string, string>} words
 * @returns {{terminal: Terminal, fit: () => void} | null} null without xterm.js
 */
export function terminalIn(place, words) {
  const there = /** @type {any} */ (globalThis);
  if (!there.Terminal || !there.FitAddon) return null;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** @type {Terminal} */
  const terminal = new there.Terminal({
    documentOverride: paper(),
    cursorBlink: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontSize: 14,
    linkHandler: { activate() {}, allowNonHttpProtocols: false },
    logLevel: "off",
    minimumContrastRatio: 4.5,
    scrollback: 5000,
    theme: theme(place),
    windowOptions: {},
  });
  there.Terminal.strings.promptLabel = words.input;
  there.Terminal.strings.tooMuchOutput = words.much;
  for (const code of OSC) terminal.parser.registerOscHandler(code, () => true);
  terminal.parser.registerDcsHandler({ intermediates: "$", final: "q" }, () => true);
  terminal.parser.registerCsiHandler({ final: "t" }, () => true);
  const fitting = new there.FitAddon.FitAddon();
  terminal.loadAddon(fitting);
  terminal.open(place);
  dark.addEventListener("change", () => {
    terminal.options.theme = theme(place);
  });
  const fit = () => fitting.fit();
  new ResizeObserver(fit).observe(place);
  fit();
  return { terminal, fit };
}

/** @param {HTMLElement} place */
function theme(place) {
  const style = getComputedStyle(place);
  const [background, foreground] = [style.backgroundColor, style.color];
  return { background, foreground, cursor: foreground, cursorAccent: background };
}
