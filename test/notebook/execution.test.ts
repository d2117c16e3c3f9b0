import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PNG } from "pngjs";
import { findChromium } from "../../src/figures/pages/chromium";
import { executeNotebook, findJupyter } from "../../src/notebook/jupyter";
import { jupyterKernelSpec, writeJupyterKernelSpec } from "../../src/notebook/jupyterKernelSpec";
import { show } from "../../src/notebook/show";
import { PLOTLY } from "./cells";
import { needs } from "./present";

interface Output {
  readonly output_type: string;
  readonly text?: string | string[];
  readonly data?: Record<string, unknown>;
}

interface Shown {
  readonly data: readonly { readonly y: readonly number[] }[];
}

describe("a notebook", function () {
  this.timeout(180000);
  let folder: string;
  let notebook: string;
  // A project of its own: the built files beside a folder of notebooks.
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-test-"));
    mkdirSync(path.join(folder, "notebooks"));
    symlinkSync(path.resolve("dist"), path.join(folder, "dist"), "junction");
    notebook = path.join(folder, "notebooks", "tiny.ipynb");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(...cells: string[]): void {
    // As a notebook that was executed before.
    const earlier = [{ output_type: "stream", name: "stderr", text: "of an earlier execution" }];
    const code = { cell_type: "code", execution_count: 1, metadata: {}, outputs: earlier };
    const kernelspec = { display_name: "TypeScript", language: "typescript", name: "tslab" };
    writeFileSync(
      notebook,
      JSON.stringify({
        cells: cells.map((source, i) => ({ ...code, id: `cell${i}`, source })),
        metadata: { kernelspec },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
  }

  function outputs(): Output[][] {
    const { cells } = JSON.parse(readFileSync(notebook, "utf8")) as {
      cells: { outputs: Output[] }[];
    };
    return cells.map((cell) => cell.outputs);
  }

  it("a notebook imports the built project and shows a figure as one output in three forms", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    needs(this, findChromium(), "Chromium");
    write(
      'import { Random } from "../dist/numerics/random";\nimport { show } from "../dist/notebook/show";',
      "const y = Float32Array.of(0.1, 2);\nconsole.log(new Random(1).integer(1) + y.length);",
      'await show({ data: [{ y: y }], layout: { title: { text: "tiny" }, height: 90 } });',
    );
    await executeNotebook(python, notebook);
    const [imports, printed, shown] = outputs();
    assert.deepEqual(imports, []);
    assert.equal([printed[0].text].flat().join(""), "2\n");
    assert.equal(shown.length, 1);
    const { data = {} } = shown[0];
    assert.deepEqual(data[PLOTLY], {
      data: [{ y: [0.1, 2] }],
      layout: { title: { text: "tiny" }, width: 700, height: 90 },
      config: { displaylogo: false, showSendToCloud: false },
    });
    assert.deepEqual(Object.keys(data).sort(), [PLOTLY, "image/png", "text/plain"]);
    assert.equal([data["text/plain"]].flat().join(""), "tiny");
    const png = [data["image/png"]].flat().join("").trim();
    const { width, height } = PNG.sync.read(Buffer.from(png, "base64"));
    assert.deepEqual([width, height], [700, 90]);
  });

  it("the notebook keeps the last state of a live figure", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    write(
      'import { showLive } from "../dist/notebook/show";',
      "const at = (y: number) => ({ data: [{ y: [y] }], layout: {} });",
      "const [one, two] = [await showLive(at(1)), await showLive(at(10))];\n" +
        "await one.update(at(2));\nconsole.log('between');\nawait two.end(at(30));\nawait one.end(at(3));",
    );
    await executeNotebook(python, notebook);
    const shown = outputs()[2].filter((output) => output.data !== undefined);
    const values = shown.map(({ data = {} }) => (data[PLOTLY] as Shown).data[0].y);
    assert.deepEqual(values, [[3], [30]]);
  });

  it("figures and tables also appear under a tslab that is installed elsewhere", function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    // As `npm install -g tslab` and `tslab install` leave it: a copy with packages of its own.
    const modules = path.join(folder, "global", "node_modules");
    cpSync(path.resolve("node_modules", "tslab"), path.join(modules, "tslab"), { recursive: true });
    for (const name of readdirSync(path.resolve("node_modules")))
      if (name !== "tslab")
        symlinkSync(path.resolve("node_modules", name), path.join(modules, name), "junction");
    const tslab = path.join(modules, "tslab", "bin", "tslab");
    const argv = [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"];
    const kernel = path.join(folder, "jupyter", "kernels", "tslab");
    mkdirSync(kernel, { recursive: true });
    writeFileSync(
      path.join(kernel, "kernel.json"),
      JSON.stringify({ ...jupyterKernelSpec(), argv }),
    );
    write(
      'import { show } from "../dist";\nimport { showTable } from "../dist/notebook/showTable";',
      "await show({ data: [{ y: [5, 6] }], layout: {} });",
      'showTable("Sizes", ["size"], [["7"]]);',
    );
    const nbconvert = ["-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", notebook];
    const env = { ...process.env, JUPYTER_PATH: path.join(folder, "jupyter") };
    const { status, stderr } = spawnSync(python, nbconvert, { env, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const [imports, [shown], [table]] = outputs();
    assert.deepEqual(imports, []);
    assert.deepEqual((shown.data![PLOTLY] as Shown).data[0].y, [5, 6]);
    assert.match([table.data!["text/html"]].flat().join(""), /Sizes[^]*7/);
  });

  it("nbconvert --allow-errors executes the cells after one that fails", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    await writeJupyterKernelSpec(path.join(folder, "jupyter", "kernels"));
    write("console.log(1);", 'throw new Error("once");', "console.log(2);", "console.log(3);");
    const nbconvert = ["-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors"];
    const env = { ...process.env, JUPYTER_PATH: path.join(folder, "jupyter") };
    const { status, stderr } = spawnSync(python, [...nbconvert, "--inplace", notebook], {
      env,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const printed = outputs().map((own) => own.map(({ text }) => [text].flat().join("")).join(""));
    assert.match(printed[1], /Error: once/);
    assert.deepEqual([printed[0], ...printed.slice(2)], ["1\n", "2\n", "3\n"]);
  });

  it("a notebook that fails stays unchanged, and the error names it", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    write("console.log(1);", 'throw new Error(`on ${"purpose"}`);', "console.log(2);");
    const before = readFileSync(notebook, "utf8");
    await assert.rejects(executeNotebook(python, notebook), ({ message }: Error) => {
      assert.match(message, /tiny\.ipynb failed: [^]*on purpose/);
      assert.doesNotMatch(message, /earlier execution/);
      return true;
    });
    assert.equal(readFileSync(notebook, "utf8"), before);
  });

  it("show() outside a notebook cell throws an error that names figurePng()", async () => {
    await assert.rejects(show({ data: [], layout: {} }), /notebook cell .* figurePng\(\)/);
  });
});
