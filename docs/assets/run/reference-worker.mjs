// The reference itself, in Python compiled to WebAssembly. All of it comes from this site.
const made = new URL("../made/python/", import.meta.url);
const KINDS = { story: "story.tell", vector: "export.vector", yaml: "export.scenario", scenario: "scenario.tell", check: "scenario.trace" };
let loaded;
let current;

/** Counts what arrives of the files that the manifest lists, and tells how far it is. */
function counting(total) {
  const plain = self.fetch.bind(self);
  let got = 0;
  self.fetch = async (...request) => {
    const response = await plain(...request);
    if (!response.ok || !response.body) return response;
    const counted = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        got += chunk.byteLength;
        self.postMessage({ id: current, progress: Math.min(1, got / total) });
        controller.enqueue(chunk);
      },
    }));
    return new Response(counted, { status: response.status, headers: response.headers });
  };
}

async function load() {
  const manifest = await (await fetch(new URL("manifest.json", made))).json();
  if (!manifest.files) throw new Error(manifest.reason);
  counting(manifest.bytes);
  const [archives, { loadPyodide }] = await Promise.all([
    Promise.all(manifest.archives.map(async (name) => (await fetch(new URL(name, made))).arrayBuffer())),
    import(new URL("pyodide.mjs", made)),
  ]);
  const python = await loadPyodide({ indexURL: made.href });
  for (const archive of archives) python.unpackArchive(archive, "zip", { extractDir: manifest.folder });
  python.runPython("import importlib; importlib.invalidate_caches()");
  self.postMessage({ id: current, progress: 1 });
  return python;
}

self.onmessage = async ({ data: { id, message } }) => {
  current = id;
  try {
    loaded ??= load();
    const python = await loaded;
    const [module, name] = KINDS[message.kind].split(".");
    const function_ = python.pyimport(`ibperp_authoring.play.${module}`)[name];
    self.postMessage({ id, answer: function_(message.text) });
  } catch (problem) {
    self.postMessage({ id, problem: problem.message });
  }
};
