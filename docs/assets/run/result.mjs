// What a story led to, as a page shows it.
import { folded, part, table } from "./parts.mjs";

const GONE = "-";
const shown = (value) => (value === undefined ? GONE : String(value));

/** Where a clause is read, from the folder of the site. */
export function clauseLink(clauses, root, clause) {
  const chapter = clauses.chapters[clause.split("-")[0]];
  return part("a", { href: new URL(`spec/${chapter}/#${clause}`, root), title: clauses.titles[clause] ?? "" }, clause);
}

export function outcomes(story, told, clauses, root) {
  return told.steps.flatMap((outcome, place) => {
    const action = story.steps[place];
    const head = told.steps.length > 1 ? `Step ${place + 1}, ${action.type}: ` : `${action.type}: `;
    if (outcome.rejected) return rejection(head, action, outcome.rejected, clauses, root);
    const events = outcome.accepted.events;
    const line = part("p", { class: "play-accepted" }, `${head}accepted, ${events.length || "no"} ${events.length === 1 ? "event" : "events"}`);
    if (!events.length) return [line];
    return [line, table("Events, in order", ["event", "type", "fields"],
      events.map(({ type, ...fields }, number) => [String(number + 1), type,
        Object.entries(fields).map(([name, value]) => `${name} ${JSON.stringify(value).replaceAll('"', "")}`).join(", ")]))];
  });
}

function rejection(head, action, { code, violated }, clauses, root) {
  const known = clauses.refusals[action.type] ?? {};
  const rows = violated.map((each) => {
    const { clause, when } = known[each] ?? { clause: "NT-9", when: "" };
    return [each, clauseLink(clauses, root, clause), when];
  });
  return [
    part("p", { class: "play-rejected" }, `${head}rejected as ${code}. The state is unchanged.`),
    table("Every precondition that is violated; the first one gives the code (NT-9)", ["code", "clause", "refused if"], rows),
  ];
}

export function states({ before, after }) {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const row = (path) => [path, shown(before[path]), shown(after[path])];
  const changed = paths.filter((path) => before[path] !== after[path]);
  const heads = ["leaf", "before", "after"];
  return [
    changed.length ? table("What changed in the state", heads, changed.map(row)) : part("p", {}, "Nothing changed in the state."),
    folded(`The whole state, ${paths.length} leaves`, table("Every leaf", heads, paths.map(row))),
  ];
}

export function evidence(told, clauses, root) {
  const links = told.clauses.flatMap((clause) => [clauseLink(clauses, root, clause), " "]);
  const broken = told.violations.map(({ invariant, clauses: named, message }) =>
    part("li", {}, `${invariant} (${named.join(", ")}): ${message}`));
  return [
    part("p", {}, "Clauses that took part: ", ...links),
    broken.length
      ? part("div", { class: "play-rejected" }, part("p", {}, "Invariants that are violated:"), part("ul", {}, ...broken))
      : part("p", { class: "play-accepted" }, `All ${told.invariants} invariants hold.`),
  ];
}
