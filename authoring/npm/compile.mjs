// node compile.mjs RUNTIME FROM TO [FROM TO ...]: archives of Python, compiled by the Python of the page.
// A page then starts in half the time, because Python is compiled here once and not there each time.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const COMPILE = `
import importlib.util, io, marshal, zipfile

def compiled(archive, strips):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".py"):
                code = compile(content, name, "exec", dont_inherit=True, optimize=2 if strips else 0)
                content = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)
                name += "c"
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return made.getvalue()

compiled
`;

const [runtime, ...pairs] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: runtime });
const compiled = python.runPython(COMPILE);
for (let place = 0; place < pairs.length; place += 2) {
  const archive = python.toPy(new Uint8Array(readFileSync(pairs[place])));
  // The standard library needs no words and no assertions of its own; the reference keeps both.
  const made = compiled(archive.tobytes(), pairs[place].endsWith("stdlib.zip"));
  writeFileSync(pairs[place + 1], made.toJs());
}
