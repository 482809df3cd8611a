// Run and Edit under examples and vectors, and the sheets of vectors.
import { agree, toldByJavaScript, toldByReference, warms } from "./engines.mjs";
import { button, download, folded, packed, part, unpacked } from "./parts.mjs";
import { evidence, outcomes, states } from "./result.mjs";

const made = new URL("../made/", import.meta.url);
const root = new URL("../../", import.meta.url);
const LINK = "#run=";
const NARROW = matchMedia("(max-width: 44.9em)");
const files = new Map();

const GAP = "\n\n\n";

/** A file that the build made, of JSON or of sheets with a gap between them; each is fetched once. */
function file(name) {
  if (!files.has(name)) {
    files.set(name, fetch(new URL(name, made)).then((response) => {
      if (!response.ok) throw new Error(`${name} is not on this site`);
      return name.endsWith(".json") ? response.json() : response.text();
    }));
  }
  return files.get(name);
}

async function storyOf({ from, name }) {
  const { setup, start, ...found } = (await file(from))[name];
  if (start === undefined) return { setup, steps: found.steps, system: found.system };
  const { system, actions } = (await file("setups.json"))[start];
  return { system, setup: actions, steps: found.steps };
}

function play(place) {
  const { from, name } = place.dataset;
  const result = part("div", { class: "play-result", "aria-live": "polite" });
  const steps = part("textarea", { rows: 14, spellcheck: "false" });
  const start = part("textarea", { rows: 14, spellcheck: "false" });
  let story;
  let original;
  const fill = async () => {
    if (original) return;
    original = await storyOf({ from, name });
    write(original);
  };
  const write = (shown) => {
    steps.value = JSON.stringify(shown.steps, null, 1);
    start.value = JSON.stringify({ system: shown.system, setup: shown.setup }, null, 1);
  };
  const read = () => {
    const { system, setup } = parsed("the starting point", start.value);
    return { system, setup, steps: parsed("the steps", steps.value) };
  };
  const run = guarded(result, async () => {
    await fill();
    story = read();
    await tell(story, result, () => exports(name, story));
  });
  const link = guarded(result, async () => {
    await fill();
    const hash = LINK + await packed(JSON.stringify({ name, story: read() }));
    history.replaceState(null, "", hash);
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    copy.textContent = "Link is in the address bar";
  });
  const copy = button("Link to this edit", link);
  const editor = part("div", { class: "play-edit", hidden: true },
    part("label", {}, "Steps: a list of actions", steps),
    folded("Starting point: system parameters and the actions that lead there",
      part("label", {}, "An object with system and setup", start)),
    part("div", { class: "play-buttons" }, button("Run the edit", run), copy,
      button("Undo all edits", () => original && write(original))));
  const edit = guarded(result, async () => {
    await fill();
    editor.hidden = !editor.hidden;
    if (!editor.hidden) steps.focus();
  });
  place.replaceChildren(part("div", { class: "play-buttons" }, button("Run", run), button("Edit", edit)), editor, result);
  warms(place);
  place.open = async (edited) => {
    await fill();
    write(edited);
    editor.hidden = false;
    place.scrollIntoView();
    await run();
  };
}

/** Shows what both engines make of a story: JavaScript at once, the reference as soon as it is loaded. */
async function tell(story, result, tools) {
  const clauses = await file("clauses.json");
  const status = part("p", { class: "play-engine" }, "The engine in JavaScript runs.");
  const body = part("div");
  const more = part("div");
  result.replaceChildren(body, status, more);
  const show = (told) => body.replaceChildren(...outcomes(story, told, clauses, root), ...states(told));
  const since = performance.now();
  let quick;
  try {
    quick = await toldByJavaScript(story);
    show(quick);
    status.textContent = `Answered by the engine in JavaScript in ${elapsed(since)}.`;
  } catch (problem) {
    body.replaceChildren(part("p", { class: "play-rejected" }, problem.message));
  }
  const bar = part("progress", { max: 1, value: 0, "aria-label": "loading the reference" });
  const said = status.textContent;
  status.replaceChildren(`${said} The reference loads: `, bar);
  try {
    const begun = performance.now();
    const told = await toldByReference({ kind: "story", text: JSON.stringify(story) }, (share) => {
      bar.value = share;
      if (share === 1) status.firstChild.textContent = `${said} The reference starts: `;
    });
    show(told);
    const verdict = quick && agree(quick, told)
      ? "the reference agrees, in every outcome and leaf"
      : "THE REFERENCE ANSWERS OTHERWISE; above is its answer. Please report this";
    status.textContent = quick ? `${said} After ${elapsed(begun)} ${verdict}.` : "Answered by the reference.";
    more.replaceChildren(...evidence(told, clauses, root), ...tools());
  } catch (problem) {
    status.textContent = `${said} The reference does not run here: ${problem.message}`;
    more.replaceChildren(...tools());
    if (!quick) body.replaceChildren(part("p", { class: "play-rejected" }, problem.message));
  }
}

function exports(name, story) {
  const file = name.replace(/^Example: /, "").replace(/[^A-Za-z0-9]+/g, "-");
  const lines = () => {
    const requests = [
      { op: "hello", protocol: "1" }, { op: "reset", system: story.system },
      ...[...story.setup, ...story.steps].map((action) => ({ op: "apply", action })),
      { op: "observe" }, { op: "bye" },
    ];
    download(`${file}.jsonl`, requests.map((request, id) => `${JSON.stringify({ id, ...request })}\n`).join(""));
  };
  const status = part("span", { "aria-live": "polite" });
  const made = (kind, ending) => async () => {
    try {
      const told = await toldByReference({ kind, text: JSON.stringify({ ...story, title: file }) });
      download(`${file}.${ending}`, told.file);
    } catch (problem) {
      status.textContent = problem.message;
    }
  };
  return [part("div", { class: "play-buttons" },
    button("Export as protocol lines", lines), button("Export as a vector", made("vector", "json")),
    button("Export as a scenario", made("yaml", "yaml")), status)];
}

const elapsed = (since) => {
  const milliseconds = performance.now() - since;
  return milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
};

function parsed(what, text) {
  try {
    return JSON.parse(text);
  } catch (problem) {
    throw new Error(`${what}: not JSON: ${problem.message}`);
  }
}

/** A handler that shows what went wrong in place of a result. */
function guarded(result, handler) {
  return async () => {
    try {
      await handler();
    } catch (problem) {
      result.replaceChildren(part("p", { class: "play-rejected", role: "alert" }, problem.message));
    }
  };
}

/** A vector of a list: its sheet, and Run, when it is opened. */
function vector(place) {
  const { from, name } = place.dataset;
  place.addEventListener("toggle", async () => {
    if (!place.open || place.dataset.done) return;
    place.dataset.done = "yes";
    const inside = part("div", { class: "play", "data-from": from, "data-name": name });
    const sheet = part("pre", { class: "vector-sheet", tabindex: "0" }, "…");
    place.append(sheet, inside);
    play(inside);
    try {
      const sheets = (await file(from.replace(".json", ".txt"))).split(GAP);
      const text = sheets.find((each) => each.startsWith(`${name} `)) ?? "There is no sheet.";
      // Columns help where they fit.
      sheet.textContent = NARROW.matches ? text.replace(/(\S) {3,}/g, "$1  ") : text;
    } catch (problem) {
      sheet.textContent = problem.message;
    }
  });
}

function opened() {
  const id = decodeURIComponent(location.hash.slice(1));
  document.querySelectorAll(".vector").forEach((place) => {
    if (place.dataset.name === id) place.open = true;
  });
}

async function linked() {
  if (!location.hash.startsWith(LINK)) return;
  try {
    const { name, story, text } = JSON.parse(await unpacked(location.hash.slice(LINK.length)));
    document.querySelectorAll(".vector").forEach((place) => {
      if (place.dataset.name === name) place.open = true;
    });
    await new Promise((resolve) => setTimeout(resolve));
    const place = [...document.querySelectorAll(".play, .playground")].find((each) => each.dataset.name === name);
    await place?.open(story ?? text);
  } catch {
    // A link that was cut off on its way opens the page alone.
  }
}

document.querySelectorAll(".play").forEach(play);
document.querySelectorAll(".vector").forEach(vector);
window.addEventListener("hashchange", opened);
const grounds = document.querySelectorAll(".playground");
if (grounds.length) {
  const { playground } = await import("./playground.mjs");
  grounds.forEach(playground);
}
opened();
await linked();
