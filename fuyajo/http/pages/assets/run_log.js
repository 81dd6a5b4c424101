// @ts-check
/* The lines of a log: added by the frame, as many as a page can hold, filtered while somebody types. */

import { HOST, clock, fill, hasFailed } from "./run_line.js";

/** @typedef {import("./run_line.js").Line} Line */
/** @typedef {import("./run_line.js").Words} Words */
const MOST = 2000; // lines kept in the page
const A_FRAME = 250; // lines drawn in one

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Log {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.list = byId("log");
    this.box = byId("log-box");
    this.form = /** @type {HTMLFormElement} */ (byId("filter"));
    this.template = /** @type {HTMLTemplateElement} */ (byId("line"));
    this.earlier = Number(byId("shown").dataset.earlier);
    /** @type {Line[]} */
    this.waiting = [];
    this.drawing = false;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.filter());
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** @param {Line} line */
  add(line) {
    this.waiting.push(line);
    if (this.waiting.length > 2 * MOST) this.earlier += this.waiting.splice(0, MOST).length;
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    const follows = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 40;
    if (this.waiting.length > MOST) this.earlier += this.waiting.splice(0, this.waiting.length - MOST).length;
    const wants = this.wants();
    const piece = document.createDocumentFragment();
    for (const line of this.waiting.splice(0, A_FRAME)) piece.append(this.element(line, wants));
    this.list.append(piece);
    while (this.list.childElementCount > MOST) {
      this.list.firstElementChild?.remove();
      this.earlier += 1;
    }
    this.count();
    if (follows) this.box.scrollTop = this.box.scrollHeight;
    this.drawing = this.waiting.length > 0;
    if (this.drawing) requestAnimationFrame(() => this.draw());
  }

  /** @param {Line} line @param {(item: HTMLElement) => boolean} wants */
  element(line, wants) {
    const item = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    const [at, mark, who, told] = item.children;
    item.dataset.seq = String(line.seq);
    item.dataset.mark = line.mark;
    item.dataset.who = line.who;
    at.textContent = clock(line.at);
    mark.textContent = this.words.mark[line.mark];
    who.textContent = line.who === HOST ? this.words.says.host : line.who;
    const what = line.mark === "stage" ? (this.words.stage[line.what] ?? line.what) : line.what;
    told.children[0].textContent = what;
    told.children[1].textContent = line.said;
    item.hidden = !wants(item);
    return item;
  }

  /** What the filter leaves. @returns {(item: HTMLElement) => boolean} */
  wants() {
    const said = new FormData(this.form);
    const words = String(said.get("text") ?? "").toLowerCase();
    const machine = String(said.get("machine") ?? "");
    const only = said.get("only") === "1";
    return ({ dataset, lastElementChild }) =>
      (!machine || dataset.who === machine) &&
      (!only || dataset.mark === "changed" || hasFailed(dataset.mark ?? "")) &&
      (!words || `${dataset.who} ${lastElementChild?.textContent}`.toLowerCase().includes(words));
  }

  filter() {
    const wants = this.wants();
    for (const item of this.items()) item.hidden = !wants(item);
    this.count();
  }

  /** A machine that nobody knew of. @param {string} who */
  knows(who) {
    const choice = /** @type {HTMLSelectElement} */ (byId("filter-machine"));
    if ([...choice.options].some((one) => one.value === who)) return;
    choice.add(new Option(who === HOST ? this.words.says.host : who, who));
  }

  count() {
    const { says } = this.words;
    const all = this.list.childElementCount;
    const n = all - this.list.querySelectorAll(":scope > [hidden]").length;
    byId("shown").textContent = fill(says.shown, { n, all });
    byId("nothing").hidden = all > 0;
    byId("earlier").hidden = !this.earlier;
    const link = byId("earlier").firstElementChild;
    if (link) link.textContent = fill(says.earlier, { n: this.earlier });
  }

  items() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }
}
