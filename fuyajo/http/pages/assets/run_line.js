// @ts-check
/* An event as a line to show, as `views/progress.py` has it: what is in it came from anywhere, and stays text. */

/**
 * @typedef {{seq: number, at: string, mark: string, who: string, what: string, said: string, stage: string,
 *   share?: number}} Line
 * @typedef {Record<string, Record<string, string>>} Words
 */
export const HOST = "localhost";
const MOST_CHARS = 2000;
const MARKS = new Set(["stage", "task", "ok", "changed", "failed", "unreachable", "recap", "note"]);
const FAILED = new Set(["failed", "unreachable"]);

/** @param {string} mark */
export const hasFailed = (mark) => FAILED.has(mark);

/** Without control characters, and those that turn the direction of writing. @param {unknown} value */
export function text(value) {
  if (typeof value !== "string") return "";
  return value.slice(0, MOST_CHARS).replace(/(?![ \n\t])[\p{C}\p{Z}]/gu, "\ufffd");
}

/** @param {unknown} host */
const machine = (host) => text(host).replace(/\.guest$/, "");

/** @param {any} event @returns {Line} */
export function lineOf(event) {
  const kind = String(event.kind || "note");
  const mark = kind === "result" ? (event.changed ? "changed" : "ok") : kind;
  return {
    seq: Number(event.seq),
    at: String(event.time || ""),
    mark: MARKS.has(mark) ? mark : "note",
    who: machine(event.host),
    what: text(kind === "stage" ? event.stage : event.task),
    said: kind === "recap" ? recap(event.data?.stats) : text(event.message),
    stage: text(event.stage),
    share: shareOf(event.data?.share),
  };
}

/** How much of a build is done. @param {unknown} said */
const shareOf = (said) => (typeof said === "number" && said >= 0 && said <= 1 ? said : undefined);

/** @param {any} stats */
function recap(stats) {
  const told = Object.entries(stats ?? {}).map(([host, counts]) => {
    const some = Object.entries(counts ?? {}).filter(([, count]) => count);
    return `${machine(host)}: ${some.map(([key, count]) => `${key}=${count}`).join(" ")}`;
  });
  return text(told.join("\n"));
}

/** A sentence with its places filled. @param {string} said @param {Record<string, string | number>} values */
export const fill = (said, values) =>
  said.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));

/** @param {string} at */
export function clock(at) {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? "--:--:--" : moment.toLocaleTimeString("sv-SE");
}

/** Seconds as a person says them. @param {number} seconds @param {Record<string, string>} says */
export function spent(seconds, says) {
  const whole = Math.floor(seconds);
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, "0");
  if (whole < 60) return fill(says.s, { s: seconds < 10 ? seconds.toFixed(1) : whole });
  if (whole < 3600) return fill(says.min, { m: Math.floor(whole / 60), s: two(whole % 60) });
  return fill(says.h, { h: Math.floor(whole / 3600), m: two(Math.floor((whole % 3600) / 60)) });
}
