// The two engines of a page, each in a worker of its own: the one in JavaScript answers at once, the
// reference in Python is loaded on demand and has the last word.

const RESTS_MS = 200;
const worker = (name) => new Worker(new URL(name, import.meta.url), { type: "module" });

/** Returns a function that sends a message and gives the answer; `tell` hears of progress meanwhile. */
function line(name) {
  let running;
  let next = 0;
  const waiting = new Map();
  return (message, tell = () => {}) =>
    new Promise((resolve, reject) => {
      if (!running) {
        running = worker(name);
        running.onmessage = ({ data }) => {
          const asked = waiting.get(data.id);
          if (data.progress !== undefined) {
            waiting.forEach((each) => each.tell(data.progress));
          } else if (asked) {
            waiting.delete(data.id);
            if (data.problem === undefined) asked.resolve(data.answer);
            else asked.reject(new Error(data.problem));
          }
        };
        running.onerror = (event) => {
          waiting.forEach((each) => each.reject(new Error(event.message || "the worker did not load")));
          waiting.clear();
          running = undefined;
        };
      }
      const id = next++;
      waiting.set(id, { resolve, reject, tell });
      running.postMessage({ id, message });
    });
}

const javascript = line("javascript-worker.mjs");
const reference = line("reference-worker.mjs");

/** The leaves of an observation by path, as chapter conformance writes them (CF-4). */
function flatten(value, path = "", leaves = {}) {
  if (value !== null && typeof value === "object") {
    for (const [name, member] of Object.entries(value)) {
      const part = name.replaceAll("/", "~1");
      flatten(member, path ? `${path}/${part}` : part, leaves);
    }
  } else {
    leaves[path] = value;
  }
  return leaves;
}

/** What the engine in JavaScript makes of a story, asked by the messages of the protocol (CF-6). */
export async function toldByJavaScript({ system, setup, steps }) {
  const requests = [
    { op: "reset", system },
    ...setup.map((action) => ({ op: "apply", action })),
    { op: "observe" },
    ...steps.map((action) => ({ op: "apply", action })),
    { op: "observe" },
  ].map((request, id) => ({ id, ...request }));
  const replies = await javascript(requests);
  replies.forEach((reply, place) => {
    if (reply.errored) throw new Error(`${placeOf(place, setup.length)}: ${reply.errored.message}`);
    if (place <= setup.length && reply.rejected) {
      throw new Error(`${placeOf(place, setup.length)}: rejected as ${reply.rejected.code}`);
    }
  });
  return {
    before: flatten(replies[setup.length + 1].observation),
    after: flatten(replies.at(-1).observation),
    steps: replies.slice(setup.length + 2, -1).map(({ id, ...outcome }) => outcome),
  };
}

function placeOf(place, count) {
  if (place === 0) return "system";
  return place <= count ? `setup, action ${place}` : `step ${place - count - 1}`;
}

/** What the reference makes of a request: `{ kind, text }`; raises an Error that says what is wrong. */
export async function toldByReference(request, tell) {
  const answer = JSON.parse(await reference(request, tell));
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

/** Loads the reference where a person is about to run something: a pointer rests there, or the focus is there. */
export function warms(place) {
  let timer;
  const start = () => void reference({ kind: "start" }).catch(() => {}); // Run says what is wrong.
  place.addEventListener("pointerenter", () => { timer = setTimeout(start, RESTS_MS); });
  place.addEventListener("pointerleave", () => clearTimeout(timer));
  place.addEventListener("focusin", start, { once: true });
}

/** Tell whether two stories have the same outcomes and leaves. */
export function agree(one, other) {
  const text = ({ steps, before, after }) => sorted({ steps, before, after });
  return text(one) === text(other);
}

function sorted(value) {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member);
}
