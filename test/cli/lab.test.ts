import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findLab } from "../../src/cli/lab";

const LAB = path.resolve("src/cli/lab.ts");

describe("npm run lab", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-test-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that records its start and the kernel that it finds, and exits with code 3. */
  function fakeJupyter(name: string): string {
    const report = path.join(folder, `${name}.json`);
    const script = `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path");
const [data, ...others] = process.env.JUPYTER_PATH.split(path.delimiter);
const kernel = JSON.parse(fs.readFileSync(path.join(data, "kernels", "tslab", "kernel.json"), "utf8"));
fs.writeFileSync(${JSON.stringify(report)}, JSON.stringify(
  { cwd: process.cwd(), args: process.argv.slice(2), data, others, kernel }));
process.exit(3);
`;
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, name), script);
    chmodSync(path.join(bin, name), 0o755);
    return report;
  }

  const runWith = (own: NodeJS.ProcessEnv, ...args: string[]) =>
    spawnSync(process.execPath, ["--require", "tsx/cjs", LAB, ...args], {
      env: { ...process.env, PATH: path.join(folder, "bin"), JUPYTER_PATH: "/own/jupyter", ...own },
      encoding: "utf8",
      timeout: 50000,
    });

  /** A Python that has no module. */
  function withoutModules() {
    const python = path.join(folder, "plain-python");
    writeFileSync(python, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    return { TDNC_PYTHON: python };
  }

  it("npm run lab starts Jupyter with a temporary kernel and passes its arguments on", () => {
    const report = fakeJupyter("jupyter-lab");
    const { status } = runWith({}, "--no-browser", "--port=8899");
    assert.equal(status, 3, "the exit code is Jupyter's");
    const started = JSON.parse(readFileSync(report, "utf8")) as {
      readonly cwd: string;
      readonly args: string[];
      readonly data: string;
      readonly others: string[];
      readonly kernel: { readonly argv: string[] };
    };
    assert.equal(started.cwd, path.resolve("notebooks"));
    assert.deepEqual(started.args, ["--no-browser", "--port=8899"]);
    assert.deepEqual(started.others, ["/own/jupyter"]);
    assert.equal(started.kernel.argv[1], path.resolve("dist/notebook/kernel.js"));
    assert.equal(existsSync(started.data), false, "nothing is left behind");
  });

  it("npm run lab prefers JupyterLab to the classic Jupyter wherever they are in the path", () => {
    fakeJupyter("jupyter-notebook");
    const bin = path.join(folder, "bin");
    assert.deepEqual(findLab({ PATH: bin }), [path.join(bin, "jupyter-notebook")]);
    const other = path.join(folder, "other");
    mkdirSync(other);
    writeFileSync(path.join(other, "jupyter-lab"), "", { mode: 0o755 });
    const PATH = [bin, other].join(path.delimiter);
    assert.deepEqual(findLab({ PATH }), [path.join(other, "jupyter-lab")]);
    assert.equal(findLab(withoutModules()), undefined);
  });

  it("npm run lab prefers a TDNC_PYTHON that has Jupyter to programs in the path", () => {
    const python = path.join(folder, "python");
    writeFileSync(python, '#!/bin/sh\n[ "$2" = "import notebook" ]\n', { mode: 0o755 });
    const command = [python, "-m", "notebook"];
    assert.deepEqual(findLab({ TDNC_PYTHON: python }), command);
    fakeJupyter("jupyter-lab");
    const PATH = path.join(folder, "bin");
    assert.deepEqual(findLab({ PATH, TDNC_PYTHON: python }), command);
    const program = [path.join(PATH, "jupyter-lab")];
    assert.deepEqual(findLab({ PATH, ...withoutModules() }), program);
    assert.deepEqual(findLab({ PATH }), program);
  });

  it("npm run lab prints how to install Jupyter and exits with code 1 if none is found", () => {
    const { status, stderr } = runWith(withoutModules());
    assert.equal(status, 1);
    assert.match(stderr, /No Jupyter was found.*pip install jupyterlab.*npx tdnc kernel/s);
  });

  it("npm run lab ends with a sentence if TDNC_PYTHON names a program that does not exist", () => {
    fakeJupyter("jupyter-lab");
    const { status, stderr } = runWith({ TDNC_PYTHON: "/nope" });
    assert.deepEqual([status, stderr], [1, "TDNC_PYTHON names /nope, which does not exist\n"]);
  });
});
