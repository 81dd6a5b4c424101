// @ts-check
/* Where a run stands, gathered from its events as `views/progress.py` does: it goes on from what the page shows. */

import { HOST, fill, hasFailed, spent } from "./run_line.js";

/** @typedef {import("./run_line.js").Line} Line */
/** @typedef {import("./run_line.js").Words} Words */
const OUTSIDE = ["prepare", "create"];

/** @param {string} selector @param {ParentNode} within @returns {HTMLElement | null} */
const one = (selector, within = document) => within.querySelector(selector);

export class State {
  /** @param {Words} words @param {string} run @param {(who: string) => void} meets */
  constructor(words, run, meets) {
    this.words = words;
    this.run = run;
    this.meets = meets;
    this.stage = one("[data-step=now]")?.dataset.stage ?? "";
    setInterval(() => this.tick(), 1000);
  }

  get status() {
    return one("#facts")?.dataset.status ?? "";
  }

  get over() {
    return Boolean(one("#facts")?.dataset.over);
  }

  /** @param {Line} line */
  take(line) {
    if (line.share !== undefined) this.builds(line.share, line.what);
    if (line.mark === "stage") this.begins(line);
    else if (line.mark === "recap") this.closes(line.at);
    else if (line.mark === "task") this.works(line);
    else if (line.who && line.mark !== "note") this.counts(line);
  }

  /** A build has no stages: it says how much is done. @param {number} share @param {string} what */
  builds(share, what) {
    const bar = /** @type {HTMLProgressElement | null} */ (one("#bar"));
    const [far, doing] = [one("#share"), one("#doing")];
    if (!bar || !far || !doing) return;
    bar.value = share;
    far.textContent = fill(this.words.says.share, { n: Math.round(100 * share) });
    doing.textContent = this.words.build[what] ?? what;
  }

  /** @param {Line} line */
  begins(line) {
    this.closes(line.at);
    const step = one(`[data-stage="${CSS.escape(line.what)}"]`);
    this.stage = line.what;
    if (step) {
      step.dataset.step = "now";
      const took = one(".took", step);
      if (took) took.dataset.since = line.at;
      this.reaches([...(step.parentElement?.children ?? [])].indexOf(step));
    }
    this.tick();
    this.title();
  }

  /** The stage that went on, at that time. @param {string} at */
  closes(at) {
    const step = one("[data-step=now]");
    const took = step && one(".took", step);
    if (!step || !took) return;
    const seconds = Number(took.dataset.seconds) + between(took.dataset.since ?? "", at);
    step.dataset.step = "done";
    took.dataset.seconds = String(seconds);
    delete took.dataset.since;
    took.textContent = `${this.words.step.done} · ${spent(seconds, this.words.says)}`;
  }

  /** @param {number} place */
  reaches(place) {
    const bar = /** @type {HTMLProgressElement | null} */ (one("#bar"));
    const told = one("#stage-n");
    if (!bar || !told || place + 0.5 <= bar.value) return;
    bar.value = place + 0.5;
    told.textContent = fill(this.words.says.stage_n, { n: place + 1, all: bar.max });
  }

  /** A task begins for everybody who has not failed and is on its side. @param {Line} line */
  works(line) {
    for (const lane of this.lanes()) {
      const side = (lane.dataset.who === HOST) === OUTSIDE.includes(line.stage);
      if (side && !hasFailed(lane.dataset.lane ?? "")) this.shows(lane, "busy", line.what);
    }
  }

  /** @param {Line} line */
  counts(line) {
    const lane = this.lane(line.who);
    const kind = hasFailed(line.mark) ? "failed" : line.mark;
    const count = one(`.counts .${kind}`, lane);
    if (count) count.textContent = String(Number(count.textContent) + 1);
    this.shows(lane, hasFailed(line.mark) ? line.mark : "idle", line.what);
  }

  /** @param {HTMLElement} lane @param {string} state @param {string} task */
  shows(lane, state, task) {
    lane.dataset.lane = state;
    const [word, now] = [one(".state", lane), one(".task", lane)];
    if (word) word.textContent = this.words.lane[state];
    if (now) now.textContent = task;
  }

  lanes() {
    return /** @type {HTMLElement[]} */ ([...(one("#lanes")?.children ?? [])]);
  }

  /** Of that machine; a new one, where there is none. @param {string} who */
  lane(who) {
    const there = this.lanes().find((lane) => lane.dataset.who === who);
    if (there) return there;
    const template = /** @type {HTMLTemplateElement} */ (one("#lane"));
    const made = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    made.dataset.who = who;
    const name = one(".name", made);
    if (name) name.textContent = who === HOST ? this.words.says.host : who;
    one("#lanes")?.append(made);
    this.meets(who);
    return made;
  }

  /** @param {string} status */
  ends(status) {
    const [facts, pill] = [one("#facts"), one("#state")];
    if (facts) Object.assign(facts.dataset, { status, over: "1" });
    if (pill) {
      pill.textContent = this.words.state[status] ?? status;
      pill.className = `state big ${this.words.looks[status] ?? ""}`;
    }
    this.stops(status === "successful");
    this.title();
  }

  /** Nobody is at work any more. @param {boolean} well */
  stops(well) {
    const { step } = this.words;
    const bar = /** @type {HTMLProgressElement | null} */ (one("#bar"));
    if (bar && well) bar.value = bar.max;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-step]"))) {
      const took = one(".took", item);
      const now = item.dataset.step === "now" ? (well ? "done" : "ended") : "skipped";
      if (!took || item.dataset.step === "done") continue;
      item.dataset.step = now;
      took.textContent = step[now];
    }
    for (const item of this.lanes()) {
      if (!["busy", "idle"].includes(item.dataset.lane ?? "")) continue;
      this.shows(item, "over", one(".task", item)?.textContent ?? "");
    }
  }

  /** How far it is, for somebody who looks at another window. */
  title() {
    const bar = /** @type {HTMLProgressElement | null} */ (one("#bar"));
    const { state, signs, stage } = this.words;
    const far = bar && !this.over && this.stage ? `${Math.ceil(bar.value)}/${bar.max} ` : "";
    const sign = far || `${signs[this.status] ?? "▸"} `;
    const word = far ? (stage[this.stage] ?? this.stage) : (state[this.status] ?? this.status);
    document.title = `${sign}${word} · ${this.run} · Fuyajo`;
  }

  /** Seconds that go by. */
  tick() {
    if (this.over) return;
    const now = new Date().toISOString();
    const { says, step } = this.words;
    const took = one("#took");
    if (took?.dataset.since) took.textContent = spent(between(took.dataset.since, now), says);
    const stage = one("[data-step=now] .took");
    if (!stage) return;
    const seconds = Number(stage.dataset.seconds) + between(stage.dataset.since ?? "", now);
    stage.textContent = `${step.now} · ${spent(seconds, says)}`;
  }
}

/** Seconds. @param {string} before @param {string} after */
function between(before, after) {
  return Math.max(0, (Date.parse(after) - Date.parse(before)) / 1000) || 0;
}
