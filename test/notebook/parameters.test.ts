import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findJupyter } from "../../src/notebook/jupyter";
import { notebookParameters, withParameters } from "../../src/notebook/parameters";
import { printed, readCells, text, type Cell } from "./cells";
import { needs } from "./present";

const declared = `/** Epochs of a run. */
let epochs = 310;
let norm: "L1" | "L2" = "L2", isShort = false;
let splits: number[] = [];
let names = [
  "vanilla",
  "sliding",
];
const fixed = 3;
let half = epochs / 2;`;

const code = (source: string, ...tags: string[]) => ({
  cell_type: "code" as const,
  execution_count: null,
  metadata: tags.length > 0 ? { tags } : {},
  outputs: [],
  source,
});

const notebookOf = (...cells: ReturnType<typeof code>[]) => ({
  cells: cells.map((cell, i) => ({ ...cell, id: `cell-${i}` })),
  metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
  nbformat: 4,
  nbformat_minor: 5,
});

const sources = ({ cells }: { readonly cells: readonly Pick<Cell, "source">[] }) =>
  cells.map(({ source }) => text(source));

describe("the parameters of a notebook", () => {
  const notebook = notebookOf(code("1;"), code(declared, "parameters"), code("epochs;"));

  it("the parameters are what the tagged cell declares with let and a literal", () => {
    assert.deepEqual(notebookParameters(notebook), [
      { name: "epochs", type: "number", value: 310, declaration: "epochs" },
      { name: "norm", type: "string", value: "L2", declaration: 'norm: "L1" | "L2"' },
      { name: "isShort", type: "boolean", value: false, declaration: "isShort" },
      { name: "splits", type: "number[]", value: [], declaration: "splits: number[]" },
      { name: "names", type: "string[]", value: ["vanilla", "sliding"], declaration: "names" },
    ]);
    assert.deepEqual(notebookParameters(notebookOf(code("let epochs = 1;"))), []);
  });

  it("values are a tagged cell after the parameters, in the order of the declarations", () => {
    const values = { splits: "0,1e1", other: "x", norm: "L1", epochs: "-.5", isShort: "true" };
    const { cells } = withParameters(notebook, values);
    assert.equal(cells.length, 4);
    assert.deepEqual(cells[2], {
      ...code(
        '// Parameters\nlet epochs = -0.5;\nlet norm: "L1" | "L2" = "L1";\nlet isShort = true;\nlet splits: number[] = [0, 10];',
        "injected-parameters",
      ),
      id: "injected-parameters",
    });
    assert.deepEqual([cells[0], cells[1], cells[3]], notebook.cells);
  });

  it("an injected cell is replaced, and left out where there are no values", () => {
    const first = withParameters(notebook, { epochs: "5" });
    const second = withParameters(first, { epochs: "6", names: "hofer" });
    assert.deepEqual(sources(second), [
      "1;",
      declared,
      '// Parameters\nlet epochs = 6;\nlet names = ["hofer"];',
      "epochs;",
    ]);
    assert.deepEqual(withParameters(second, {}), notebook);
    assert.deepEqual(withParameters(second, { other: "1" }), notebook);
  });

  it("a value of another type is refused", () => {
    for (const [name, value, message] of [
      ["epochs", "many", 'epochs: expected a number, such as 310, got "many"'],
      ["epochs", "", 'epochs: expected a number, such as 310, got ""'],
      ["isShort", "1", 'isShort: expected a boolean, such as false, got "1"'],
      ["splits", "0,a", 'splits: expected a number[] with commas between its items, got "0,a"'],
    ])
      assert.throws(() => withParameters(notebook, { [name]: value }), {
        name: "RangeError",
        message,
      });
  });
});

describe("npm run notebooks", function () {
  this.timeout(180000);
  let folder: string;
  let files: string[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-test-"));
    const show = code("console.log(epochs, split);");
    const both = notebookOf(code("let epochs = 310, split = 0;", "parameters"), show);
    const one = notebookOf(code('let norm = "L2";', "parameters"), code("console.log(norm);"));
    files = [both, one].map((content, i) => {
      const file = path.join(folder, `${i}.ipynb`);
      writeFileSync(file, JSON.stringify(content));
      return file;
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [path.resolve("dist/cli/notebooks.js"), ...args], {
      env: { ...process.env, ...env },
      encoding: "utf8",
    });

  it("each notebook takes the parameters that it has, and runs with them", function () {
    needs(this, findJupyter(), "Jupyter with nbconvert");
    const out = path.join(folder, "out");
    const before = files.map((file) => readFileSync(file, "utf8"));
    const values = ["--parameter", "epochs=5", "--parameter", "norm=L1"];
    const { status, stderr } = run([...values, "--out", out, ...files]);
    assert.equal(status, 0, stderr);
    const executed = files.map((file) => readCells(path.join(out, path.basename(file))));
    assert.deepEqual(executed.map(printed), ["5 0\n", "L1\n"]);
    assert.deepEqual(sources({ cells: executed[0] }).slice(0, 2), [
      "let epochs = 310, split = 0;",
      "// Parameters\nlet epochs = 5;",
    ]);
    assert.deepEqual(
      files.map((file) => readFileSync(file, "utf8")),
      before,
    );
  });

  it("a wrong name or type is refused with the list of parameters before anything runs", () => {
    for (const [given, message] of [
      ["epoch=5", "epoch: not a parameter here"],
      ["split=a", 'split: expected a number, such as 0, got "a"'],
    ]) {
      const { status, stderr } = run(["--parameter", given, ...files]);
      assert.equal(status, 2);
      assert(
        stderr.startsWith(`${message}\nParameters:
  0.ipynb: epochs = 310 (number), split = 0 (number)
  1.ipynb: norm = "L2" (string)\n`),
        stderr,
      );
    }
  });

  it("a name that is not a notebook is refused with the list of notebooks", () => {
    const { status, stderr } = run(["quickstart"]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^expected a notebook's file, or one of 01-quickstart\.ipynb, .*"quickstart"/,
    );
  });

  it("a TDNC_PYTHON that does not exist is named", () => {
    const { status, stderr } = run(files, { TDNC_PYTHON: "/nope" });
    assert.deepEqual([status, stderr], [1, "TDNC_PYTHON names /nope, which does not exist\n"]);
  });

  it("npm run notebooks before a build reports what to execute", () => {
    mkdirSync(path.join(folder, "dist"));
    writeFileSync(path.join(folder, "package.json"), readFileSync("package.json"));
    const { status, stderr } = spawnSync("npm", ["run", "-s", "notebooks"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.deepEqual(
      [status, stderr],
      [1, "The project is not built: execute npm run build first.\n"],
    );
  });
});
