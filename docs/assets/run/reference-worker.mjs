// The reference itself, in Python compiled to WebAssembly. All of it comes from this site.
const made = new URL("../made/python/", import.meta.url);
const KINDS = { story: "story.tell", vector: "export.vector", yaml: "export.scenario", scenario: "scenario.tell", check: "scenario.trace" };
let loaded;
let current;
let share = 0;

function tell(arrived) {
  share = arrived;
  self.postMessage({ id: current, progress: share });
}

/** Tells how much has arrived of the files that the manifest lists with their sizes. */
function counting(sizes) {
  const total = Object.values(sizes).reduce((sum, size) => sum + size);
  let got = 0;
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      got += sizes[name.split("/").pop()] ?? 0;
      tell(Math.min(0.99, got / total));
    }
  }).observe({ type: "resource" });
}

async function load() {
  const manifest = await (await fetch(new URL("manifest.json", made))).json();
  if (!manifest.bytes) throw new Error(manifest.reason);
  counting(manifest.bytes);
  const [archive, { loadPyodide }] = await Promise.all([
    fetch(new URL("reference.zip", made)).then((response) => response.arrayBuffer()),
    import(new URL("pyodide.mjs", made)),
  ]);
  const python = await loadPyodide({ indexURL: made.href });
  python.unpackArchive(archive, "zip", { extractDir: manifest.folder });
  python.runPython("import importlib; importlib.invalidate_caches()");
  python.pyimport("ibperp_authoring.play.story");
  tell(1);
  return python;
}

self.onmessage = async ({ data: { id, message } }) => {
  current = id;
  try {
    loaded ??= load();
    tell(share);
    const python = await loaded;
    if (message.kind === "start") return;
    const [module, name] = KINDS[message.kind].split(".");
    const function_ = python.pyimport(`ibperp_authoring.play.${module}`)[name];
    self.postMessage({ id, answer: function_(message.text) });
  } catch (problem) {
    self.postMessage({ id, problem: problem.message });
  }
};
