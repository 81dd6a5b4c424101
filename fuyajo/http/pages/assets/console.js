// @ts-check
/* A machine's console: the wire to the service, the state in words, and the way out by keyboard. */
import { terminalIn } from "./console_terminal.js";

const PIECE = 2048; // bytes of one message

const root = /** @type {HTMLElement | null} */ (document.querySelector("#console"));
if (root) start(root);

/** @param {HTMLElement} root */
function start(root) {
  /** @template {HTMLElement} E @param {string} id @param {new () => E} kind @returns {E} */
  const part = (id, kind) => {
    const found = document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(id);
    return found;
  };
  /** @type {Record<string, string>} */
  const words = JSON.parse(root.dataset.words ?? "{}");
  root.hidden = false;
  const made = terminalIn(part("screen", HTMLElement), words);
  if (!made) {
    root.hidden = true;
    return;
  }
  part("console-plain", HTMLElement).hidden = true;
  const { terminal } = made;
  const [state, why] = [part("console-state", HTMLElement), part("console-why", HTMLElement)];
  const [again, take] = [part("console-again", HTMLButtonElement), part("console-take", HTMLButtonElement)];
  const end = part("console-end", HTMLButtonElement);
  /** @type {WebSocket | null} */
  let wire = null;

  /** @param {string} look @param {string} text */
  function stands(look, text) {
    state.className = `state ${look}`;
    state.textContent = text;
    root.dataset.state = look;
  }

  /** @param {string} text @param {boolean} mayTake */
  function over(text, mayTake) {
    const within = root.contains(document.activeElement);
    stands("off", words.closed);
    why.textContent = text;
    why.hidden = false;
    end.hidden = true;
    again.hidden = false;
    take.hidden = !mayTake;
    if (within) (mayTake ? take : again).focus();
  }

  /** @param {boolean} takeOver */
  function connect(takeOver) {
    wire?.close();
    why.hidden = again.hidden = take.hidden = true;
    stands("calm", words.connecting);
    const address = root.dataset.wire + (takeOver ? "?take=over" : "");
    const mine = new WebSocket(location.origin.replace(/^http/, "ws") + address);
    wire = mine;
    mine.binaryType = "arraybuffer";
    let told = false;
    mine.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        const bytes = new Uint8Array(data);
        terminal.write(bytes, () => {
          if (mine.readyState === WebSocket.OPEN) mine.send(String(bytes.length));
        });
        return;
      }
      const said = JSON.parse(data);
      if (said.kind === "open") {
        stands("on", words.connected);
        end.hidden = false;
        if (wire === mine && [document.body, again, take].includes(/** @type {any} */ (document.activeElement))) {
          terminal.focus();
        }
      } else if (said.kind === "beat") {
        mine.send("0");
      } else if (said.kind === "left-out") {
        terminal.write(`\r\n[${words.left_out.replace("{n}", said.bytes)}]\r\n`);
      } else if (said.kind === "over") {
        told = true;
        over(said.said, said.take);
      }
    };
    mine.onclose = () => {
      if (wire !== mine) return;
      wire = null;
      if (!told) over(words.lost, false);
    };
  }

  /** @param {Uint8Array} bytes */
  function type(bytes) {
    if (wire?.readyState !== WebSocket.OPEN) return;
    for (let at = 0; at < bytes.length; at += PIECE) wire.send(bytes.subarray(at, at + PIECE));
  }

  terminal.onData((text) => type(new TextEncoder().encode(text)));
  terminal.onBinary((text) => type(Uint8Array.from(text, (one) => one.charCodeAt(0))));
  terminal.attachCustomKeyEventHandler((event) => {
    const out = event.ctrlKey && !event.altKey && (event.key === "]" || (event.shiftKey && event.key === "Escape"));
    if (out && event.type === "keydown") {
      event.preventDefault();
      part("leave", HTMLElement).focus();
    }
    return !out;
  });
  again.addEventListener("click", () => connect(false));
  take.addEventListener("click", () => connect(true));
  end.addEventListener("click", () => {
    const last = wire;
    wire = null;
    last?.close();
    over(words.ended, false);
  });
  reader(part("console-reader", HTMLInputElement), terminal);
  if (root.dataset.on !== undefined) connect(false);
  else over(words.off, false);
}

/**
 * Reading aloud costs time, so it is a choice; it is remembered in this browser.
 * @param {HTMLInputElement} box
 * @param {{options: Record<string, unknown>}} terminal
 */
function reader(box, terminal) {
  const key = "fuyajo-console-reader";
  box.checked = localStorage.getItem(key) === "on";
  const set = () => {
    terminal.options.screenReaderMode = box.checked;
    localStorage.setItem(key, box.checked ? "on" : "off");
  };
  set();
  box.addEventListener("change", set);
}
