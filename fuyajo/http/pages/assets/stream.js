// @ts-check
/* Server-sent events that lose and double nothing: whatever breaks, what follows the last number is asked for.

   By `fetch`: `EventSource` tells neither that somebody is signed out nor that a wire has gone silent. */

/**
 * @typedef {"live" | "lost" | "signed_out" | "over"} Wire
 * @typedef {{take: (seq: number, kind: string, data: any) => void, wire: (state: Wire) => void}} Hears
 */
const FIRST_PAUSE = 300; // milliseconds, doubled until
const LONGEST_PAUSE = 10_000;
const SILENCE = 40_000; // the service says something every 15 s

/** Until the end is told. @param {string} where @param {number} after @param {Hears} hears */
export async function follow(where, after, hears) {
  const place = { last: after };
  let pause = FIRST_PAUSE;
  for (;;) {
    const before = place.last;
    const ended = await once(where, place, hears);
    if (ended) {
      hears.wire(ended);
      return;
    }
    hears.wire("lost");
    pause = place.last > before ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    // Not all at the same moment, after a restart.
    await soon((navigator.onLine ? pause : LONGEST_PAUSE) * (0.5 + Math.random() / 2));
  }
}

/**
 * One connection. What ends it for good, or nothing where it broke.
 * @param {string} where @param {{last: number}} place @param {Hears} hears
 * @returns {Promise<Wire | undefined>}
 */
async function once(where, place, hears) {
  const wire = new AbortController();
  const cut = () => wire.abort();
  let watch = setTimeout(cut, SILENCE);
  addEventListener("offline", cut); // nobody else would say for long that nothing comes any more
  try {
    const answer = await fetch(`${where}?after=${place.last}`, { signal: wire.signal, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401) return "signed_out";
    if (answer.status === 404) return "over";
    if (!answer.ok || !answer.body) return undefined;
    hears.wire("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      clearTimeout(watch);
      watch = setTimeout(cut, SILENCE);
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) if (told(block, place, hears)) return "over";
    }
  } catch {
    return undefined; // the wire broke: its reason changes nothing
  } finally {
    clearTimeout(watch);
    removeEventListener("offline", cut);
    cut();
  }
}

/** Whether it was the end. @param {string} block @param {{last: number}} place @param {Hears} hears */
function told(block, place, hears) {
  let kind = "", data = "", id = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) id = line.slice(4);
    else if (line.startsWith("event: ")) kind = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (!data) return false; // a heartbeat
  const seq = Number(id);
  const end = kind === "end";
  if (!end && seq <= place.last) return false; // told already
  if (!end) place.last = seq;
  hears.take(seq, kind, JSON.parse(data));
  return end;
}

/** After that time, or as soon as there is a network again. @param {number} pause */
function soon(pause) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const timer = setTimeout(done, pause);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      }
      addEventListener("online", done);
    })
  );
}
