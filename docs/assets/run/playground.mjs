// A scenario that can be changed and run again in the page, by the reference.
import { toldByReference, warms } from "./engines.mjs";
import { button, download, packed, part } from "./parts.mjs";

export function playground(place) {
  const { name, from } = place.dataset;
  const view = document.querySelector(".run-view").parentElement;
  const text = part("textarea", { rows: 24, spellcheck: "false" });
  const status = part("p", { class: "play-engine", "aria-live": "polite" });
  let original;
  const fill = async () => {
    if (original !== undefined) return;
    const response = await fetch(new URL(from, document.baseURI));
    original = await response.text();
    text.value = original;
  };
  const run = async () => {
    try {
      await fill();
      const since = performance.now();
      const bar = part("progress", { max: 1, value: 0, "aria-label": "loading the reference" });
      status.className = "play-engine";
      status.replaceChildren("The reference loads: ", bar);
      const told = await toldByReference({ kind: "scenario", text: text.value }, (share) => {
        bar.value = share;
        if (share === 1) status.firstChild.textContent = "The reference runs: ";
      });
      // The reference escapes every text of the file where it writes the view.
      view.innerHTML = told.html;
      window.showRuns(view);
      status.textContent = `${told.title}: run by the reference in ${((performance.now() - since) / 1000).toFixed(1)} s; the view below shows it.`;
    } catch (problem) {
      status.className = "play-rejected";
      status.textContent = problem.message;
    }
  };
  const link = async () => {
    await fill();
    history.replaceState(null, "", `#run=${await packed(JSON.stringify({ name, text: text.value }))}`);
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    status.textContent = "The link to this edit is in the address bar.";
  };
  const trace = async () => {
    try {
      await fill();
      download(`${name}.jsonl`, (await toldByReference({ kind: "check", text: text.value })).trace);
    } catch (problem) {
      status.className = "play-rejected";
      status.textContent = problem.message;
    }
  };
  const editor = part("div", { class: "play-edit", hidden: true },
    part("label", {}, "The scenario", text),
    part("div", { class: "play-buttons" }, button("Run the edit", run), button("Link to this edit", link),
      button("Undo all edits", () => { text.value = original; }),
      button("Export as a scenario", () => download(`${name}.yaml`, text.value)),
      button("Export as a trace", trace)));
  const edit = async () => {
    await fill();
    editor.hidden = !editor.hidden;
    if (!editor.hidden) text.focus();
  };
  place.replaceChildren(part("div", { class: "play-buttons" }, button("Run", run), button("Edit", edit)), editor, status);
  warms(place);
  place.open = async (edited) => {
    await fill();
    text.value = edited;
    editor.hidden = false;
    place.scrollIntoView();
    await run();
  };
}
