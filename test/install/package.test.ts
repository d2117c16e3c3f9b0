import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";

/** Trains for five epochs and classifies test images, all by names that the package exports. */
const PROGRAM = `
import {
  disposeState, initialState, loadRunData, mnist250, networkOutputs, predictedClasses, PRESETS,
  REGULARIZERS, regularizersFor, selectBackend, selectExamples, train,
  type EpochRecord, type PresetName, type RegularizerName,
} from "tdnc";

async function main(): Promise<void> {
  await selectBackend("wasm");
  const [preset, regularizer]: [PresetName, RegularizerName] = ["mnist-50", "sliding"];
  const { difference } = regularizersFor(PRESETS[preset].config)[regularizer];
  const config = {
    ...mnist250, ...REGULARIZERS.sliding.difference, ...difference,
    labelCount: 50, epochs: 5, testEvery: 5, reportCount: 0,
  };
  const data = await loadRunData(config);
  const state = initialState(config, data.train.labels);
  const epochs: EpochRecord[] = [];
  for await (const epoch of train(state, data, config)) epochs.push(epoch);
  const images = selectExamples(data.test, [0, 1, 2, 3]);
  const { logits } = await networkOutputs(state.network, images);
  disposeState(state);
  const losses = epochs.map(({ loss }) => loss);
  console.log(JSON.stringify({ losses, classes: [...predictedClasses(logits, 10)] }));
}

void main();
`;

/** Every option of TypeScript that asks for more. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  skipLibCheck: false,
};

const ERRORS_WITHOUT_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/;

describe("the package in a project of another", function () {
  this.timeout(300_000);
  let root: string;
  let packed: { filename: string; unpackedSize: number; files: { path: string }[] };
  const at = (...names: string[]) => path.join(root, ...names);

  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const variables = { ...process.env, NODE_OPTIONS: "", ...env };
    return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: variables });
  }

  before(function () {
    root = mkdtempSync(path.join(tmpdir(), "tdnc-package-"));
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", root];
    [packed] = JSON.parse(execFileSync("npm", pack, { encoding: "utf8" })) as [typeof packed];
    writeFileSync(at("package.json"), JSON.stringify({ private: true }));
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
    // What is optional must not be needed.
    const install = ["install", "--omit=optional", ...quiet, at(packed.filename)];
    const { status, stderr } = spawnSync("npm", install, { cwd: root, encoding: "utf8" });
    if (status !== 0 && !process.env.CI && ERRORS_WITHOUT_NETWORK.test(stderr)) {
      console.log("      skipped: the npm registry is not reached");
      this.skip();
    }
    assert.equal(status, 0, stderr);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("has at most 15 MB, with only compiled code, sources and documentation", () => {
    assert.ok(packed.unpackedSize < 15e6, `${packed.unpackedSize} bytes`);
    const files = packed.files.map((file) => file.path);
    for (const file of [
      "LICENSE",
      "README.md",
      "environment.md",
      "data/README.md",
      "dist/index.d.ts",
      "dist/cli/main.js",
      "dist/backend/kernelThread.js",
      ...["", "-shared", "-relaxed", "-relaxed-shared"].map(
        (name) => `dist/kernels/training${name}.wasm`,
      ),
    ])
      assert.ok(files.includes(file), file);
    const folders = new Set(files.map((file) => file.split("/")[0]));
    const expected = [
      "LICENSE",
      "README.md",
      "data",
      "dist",
      "environment.md",
      "package.json",
      "src",
    ];
    assert.deepEqual([...folders].sort(), expected);
  });

  it("brings no packages for notebooks or builds", () => {
    for (const name of ["danfojs-node", "tslab", "typescript", "assemblyscript", "mocha"])
      assert.throws(() => readFileSync(at("node_modules", name, "package.json")), /ENOENT/, name);
  });

  it("compiles and trains as CommonJS and as an ES module with every strict option", () => {
    const [, example] = /```ts\n(import \{[^`]*\} from "\.\/dist\/index\.js";[^`]*)```/.exec(
      readFileSync("src/training/README.md", "utf8"),
    )!;
    const names = ["program", "example"].flatMap((name) => [`${name}.ts`, `${name}.mts`]);
    for (const name of names)
      writeFileSync(
        at(name),
        name.startsWith("program") ? PROGRAM : example.replace("./dist/index.js", "tdnc"),
      );
    const compilerOptions = {
      ...STRICT,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022"],
      types: ["node"],
    };
    writeFileSync(at("tsconfig.json"), JSON.stringify({ compilerOptions, files: names }));
    const { stdout } = run([path.resolve("node_modules/typescript/bin/tsc"), "-p", "."]);
    // The declarations of tfjs and its types of WebGPU want a browser's, and are not strict.
    const errors = stdout.split("\n").filter((line) => /^\S/.test(line));
    assert.deepEqual(
      errors.filter((line) => !/^node_modules\/@(tensorflow|webgpu)\//.test(line)),
      [],
    );
    const outputs = ["program.js", "program.mjs"].map((file) => {
      const { status, stdout: printed, stderr } = run([file]);
      assert.equal(status, 0, stderr);
      return JSON.parse(printed) as { losses: number[]; classes: number[] };
    });
    assert.equal(outputs[0].losses.length, 5);
    assert.ok(outputs[0].losses.every(Number.isFinite));
    assert.equal(outputs[0].classes.length, 4);
    assert.deepEqual(outputs[1], outputs[0]);
  });

  it("names the package to install if a function needs a missing one", () => {
    const code = `require("tdnc").loadDataFrames("x").catch((e) => console.log(e.message))`;
    assert.match(
      run(["-e", code]).stdout,
      /^loadDataFrames\(\): the package danfojs-node does not load \(.*\); environment\.md /,
    );
    const main = at("node_modules", "tdnc", "dist", "cli", "main.js");
    const kernel = run([main, "kernel"]);
    assert.equal(kernel.status, 1);
    assert.match(
      kernel.stderr,
      /^tdnc: .*tslab, which is not installed: run "npm install tslab"\n$/,
    );
    mkdirSync(at("runs"));
    cpSync("data/records/mnist-250-beta-only", at("runs", "beta-only"), { recursive: true });
    const pictures = [main, "figures", "runs", "--out", "pictures", "--format", "png"];
    // Any program: it would be started only with playwright-core.
    const drawn = run(pictures, { TDNC_CHROMIUM: process.execPath });
    assert.equal(drawn.status, 1);
    assert.match(
      drawn.stderr,
      /^tdnc: pictures: the package playwright-core .*"npm install playwright-core"\n$/,
    );
  });

  it("works in a bundle that leaves it outside, and one that holds it names the missing file", () => {
    const code = `require("tdnc").selectBackend("wasm").then((b) => console.log(b.name), (e) => console.log(e.message))`;
    writeFileSync(at("app.js"), code);
    for (const external of [["tdnc"], []]) {
      const outfile = at(external.length > 0 ? "outside.js" : "inside.js");
      const { warnings } = esbuild.buildSync({
        entryPoints: [at("app.js")],
        outfile,
        external,
        bundle: true,
        platform: "node",
        logLevel: "silent",
      });
      assert.deepEqual(warnings, []);
    }
    assert.equal(run(["outside.js"]).stdout, "wasm\n");
    assert.match(
      run(["inside.js"]).stdout,
      /^expected the file \S+training-relaxed\S*\.wasm of the package tdnc: .*--external:tdnc/,
    );
  });
});
