import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { installJupyterKernel } from "../../src/cli/jupyterKernelCommand";
import { findJupyter } from "../../src/notebook/jupyter";
import {
  userJupyterKernelsFolder,
  writeJupyterKernelSpec,
  type JupyterKernelSpec,
} from "../../src/notebook/jupyterKernelSpec";

describe("the notebooks' kernel", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-test-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("tslab/kernel.json has absolute paths to this Node and the project's kernel", async () => {
    const file = await writeJupyterKernelSpec(folder);
    assert.equal(file, path.join(folder, "tslab", "kernel.json"));
    const spec = JSON.parse(readFileSync(file, "utf8")) as JupyterKernelSpec;
    const [node, kernel, ...rest] = spec.argv;
    assert.equal(node, process.execPath);
    assert.equal(kernel, path.resolve("dist/notebook/kernel.js"));
    assert(statSync(kernel).isFile());
    assert.deepEqual(rest, ["{connection_file}"]);
    assert.deepEqual([spec.display_name, spec.language], ["TypeScript", "typescript"]);
  });

  it("installJupyterKernel creates the folder and reports when it replaces a kernel", async () => {
    const kernels = path.join(folder, "a", "kernels");
    const file = path.join(kernels, "tslab", "kernel.json");
    assert((await installJupyterKernel(kernels)).startsWith(`Wrote ${file}.`));
    const again = await installJupyterKernel(kernels);
    assert(again.startsWith(`Replaced ${file}.`));
    assert.doesNotMatch(again, /before/);
    assert.deepEqual(readdirSync(path.dirname(file)), ["kernel.js", "kernel.json", "plotly.js"]);
    assert(existsSync(path.join(folder, "a", "labextensions", "tdnc-figures", "package.json")));
  });

  it("installJupyterKernel keeps each earlier kernel of another tslab under a new name", async () => {
    const kernels = path.join(folder, "kernels");
    const own = path.join(kernels, "tslab", "kernel.json");
    mkdirSync(path.dirname(own), { recursive: true });
    for (const [i, argv] of [["tslab"], ["/other/tslab"]].entries()) {
      writeFileSync(own, JSON.stringify({ argv }));
      assert.match(
        await installJupyterKernel(kernels),
        new RegExp(`previous kernel is now ${own}.old-${i + 1}`),
      );
      assert.equal(readFileSync(`${own}.old-${i + 1}`, "utf8"), JSON.stringify({ argv }));
      const { argv: written } = JSON.parse(readFileSync(own, "utf8")) as JupyterKernelSpec;
      assert.equal(written[1], path.resolve("dist/notebook/kernel.js"));
    }
  });

  it("userJupyterKernelsFolder is the folder that Jupyter uses on each system", () => {
    const env = { HOME: "/h", APPDATA: "/app" };
    const kernels = path.join("jupyter", "kernels");
    assert.equal(userJupyterKernelsFolder(env, "linux"), path.join("/h/.local/share", kernels));
    assert.equal(userJupyterKernelsFolder(env, "darwin"), path.join("/h/Library/Jupyter/kernels"));
    assert.equal(userJupyterKernelsFolder(env, "win32"), path.join("/app", kernels));
    const xdg = { ...env, XDG_DATA_HOME: "/x" };
    assert.equal(userJupyterKernelsFolder(xdg, "linux"), path.join("/x", kernels));
    const chosen = { ...xdg, JUPYTER_DATA_DIR: "/j" };
    assert.equal(userJupyterKernelsFolder(chosen, "linux"), path.join("/j", "kernels"));
  });

  it("userJupyterKernelsFolder takes the system's home folder where HOME is empty or not set", () => {
    for (const env of [{ HOME: "" }, {}]) {
      const kernels = path.join(userInfo().homedir, ".local", "share", "jupyter", "kernels");
      assert.equal(userJupyterKernelsFolder(env, "linux"), kernels);
    }
  });

  it("findJupyter names a TDNC_PYTHON that does not exist", () => {
    const env = { ...process.env, TDNC_PYTHON: "/nope" };
    assert.throws(
      () => findJupyter(env),
      /^Error: TDNC_PYTHON names \/nope, which does not exist$/,
    );
  });
});
