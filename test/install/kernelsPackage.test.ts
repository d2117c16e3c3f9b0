import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";
import type { Browser } from "playwright-core";
import { findChromium } from "../../src/figures/pages/chromium";
import { writeKernelsPackage } from "../../src/tfjs-wasm-training/write";
import { needs } from "../notebook/present";
import { assertClose } from "../support/assertClose";

/** Three steps of a network with what the backend lacks, on two backends. */
const TRAIN = `
async function train(tf, backend) {
  await tf.setBackend(backend);
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const { layers } = tf;
  const model = tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [12, 12, 3], filters: 8, kernelSize: 3, padding: "same", useBias: false, ...seeded(1) }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: "same", depthwiseInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
      layers.reLU(),
      layers.flatten(),
      layers.dense({ units: 3, activation: "softmax", ...seeded(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.2), loss: "categoricalCrossentropy" });
  const x = tf.tensor(Float32Array.from({ length: 4 * 432 }, (_, i) => Math.sin(i)), [4, 12, 12, 3]);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1], "int32"), 3);
  for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
  const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
  return weights.map((values) => Array.from(values));
}
async function compare(tf, registerWasmKernels, files) {
  const variant = await registerWasmKernels(files);
  return { variant, wasm: await train(tf, "wasm"), cpu: await train(tf, "cpu") };
}
`;

interface Comparison {
  readonly variant: string;
  readonly wasm: number[][];
  readonly cpu: number[][];
}

const root = path.resolve(__dirname, "..", "..");

describe("the package tfjs-wasm-training", function () {
  this.timeout(300_000);
  let folder: string;
  let packed: { filename: string; unpackedSize: number; files: { path: string }[] };
  const at = (...names: string[]) => path.join(folder, ...names);
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: at("app"), encoding: "utf8" });
  const npm = (args: string[], cwd: string) =>
    execFileSync("npm", [...args, "--offline", "--no-audit", "--no-fund"], {
      cwd,
      encoding: "utf8",
    });

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-kernels-"));
    writeKernelsPackage(at("package"));
    [packed] = JSON.parse(npm(["pack", "--json", at("package")], folder)) as [typeof packed];
    mkdirSync(at("app"));
    // The peers are this project's own copies: nothing is fetched.
    const peers = ["tfjs", "tfjs-core", "tfjs-backend-wasm"].map((name) => `@tensorflow/${name}`);
    const dependencies = Object.fromEntries(
      peers.map((name) => [name, `file:${path.join(root, "node_modules", name)}`]),
    );
    writeFileSync(at("app", "package.json"), JSON.stringify({ private: true, dependencies }));
    npm(["install", at(packed.filename)], at("app"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has less than 200 KB, and the files to run, read and license it", () => {
    assert.ok(packed.unpackedSize < 200e3, `${packed.unpackedSize} bytes`);
    assert.deepEqual(packed.files.map((file) => file.path).sort(), [
      "LICENSE",
      "README.md",
      "browser.mjs",
      "index.d.ts",
      "node.cjs",
      "node.mjs",
      "package.json",
      "training-relaxed.wasm",
      "training.wasm",
    ]);
  });

  it("asks for tfjs-core and the wasm backend alone, in this project's versions", () => {
    const own = packageJson(path.join(root, "package.json"));
    const { dependencies, peerDependencies, license, version } = packageJson(
      at("package", "package.json"),
    );
    const expected = ["@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-core"].map((name) => [
      name,
      own.dependencies![name],
    ]);
    assert.deepEqual(peerDependencies, Object.fromEntries(expected));
    assert.deepEqual([dependencies, license, version], [undefined, own.license, own.version]);
    for (const name of ["node.cjs", "browser.mjs"]) {
      const code = readFileSync(at("package", name), "utf8");
      const imported = [...code.matchAll(/(?:from|import|require\()\s?"([^"]+)"/g)].map(
        (m) => m[1],
      );
      const outside = new Set(imported.filter((name) => !name.startsWith("node:")));
      assert.deepEqual([...outside].sort(), Object.keys(peerDependencies!));
    }
  });

  it("trains to the weights of cpu as CommonJS and as an ES module in Node", () => {
    const run = "compare(tf, registerWasmKernels).then((all) => console.log(JSON.stringify(all)));";
    writeFileSync(
      at("app", "main.cjs"),
      `const tf = require("@tensorflow/tfjs");
const { registerWasmKernels } = require("tfjs-wasm-training");
${TRAIN}${run}`,
    );
    writeFileSync(
      at("app", "main.mjs"),
      `import * as tf from "@tensorflow/tfjs";
import { registerWasmKernels } from "tfjs-wasm-training";
${TRAIN}${run}`,
    );
    for (const file of ["main.cjs", "main.mjs"]) {
      const printed = node(file).trim().split("\n").at(-1)!;
      assertTrained(JSON.parse(printed) as Comparison, "relaxed");
    }
  });

  it("has types for strict programs, CommonJS and ES modules", () => {
    const program = `import { registerWasmKernels, type WasmFiles } from "tfjs-wasm-training";
const files: WasmFiles = { plain: new URL("https://example.org/training.wasm") };
export const variant: Promise<"relaxed" | "plain" | "none"> = registerWasmKernels(files);
`;
    const names = ["types.cts", "types.mts"];
    for (const name of names) writeFileSync(at("app", name), program);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      noEmit: true,
      skipLibCheck: false,
    };
    writeFileSync(at("app", "tsconfig.json"), JSON.stringify({ compilerOptions, files: names }));
    node(path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", ".");
  });

  it("rejects a non-module, an address without one, and a missing address, in one sentence", () => {
    const cases = `const { registerWasmKernels } = require("tfjs-wasm-training");
const http = require("node:http").createServer((_, response) => response.writeHead(404).end("<!doctype html>"));
http.listen(0, "127.0.0.1", async () => {
  const address = "http://127.0.0.1:" + http.address().port + "/training.wasm";
  for (const files of [{}, { plain: new Uint8Array(9) }, { relaxed: address }])
    await registerWasmKernels(files).catch((error) => console.log(error.message));
  console.log(await registerWasmKernels());
  http.close();
});`;
    writeFileSync(at("app", "errors.cjs"), cases);
    const [none, bytes, address, variant] = node("errors.cjs").split("\n");
    assert.match(
      none,
      /^registerWasmKernels: expected the place of training\.wasm .*: pass \{ relaxed/,
    );
    assert.match(bytes, /: expected a WebAssembly module for plain, got 9 other bytes$/);
    assert.match(address, /: http:\S+training\.wasm answers 404 Not Found$/);
    assert.equal(variant, "relaxed");
  });

  describe("in a browser page", () => {
    let browser: Browser | undefined;
    let server: http.Server;
    let address: string;

    before(async () => {
      const executablePath = findChromium();
      if (executablePath === undefined) return;
      const { chromium } = await import("playwright-core");
      // Chromium's sandbox refuses to run as root, which is who runs in a container.
      const chromiumSandbox = process.getuid?.() !== 0;
      browser = await chromium.launch({ executablePath, chromiumSandbox });
      server = http.createServer((request, response) => serve(at("site"), request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(async () => {
      await browser?.close();
      server?.close();
    });

    /** The page's result, with the modules as esbuild's loader gives them. */
    async function onPage(loader: "file" | "binary"): Promise<Comparison & { isolated: boolean }> {
      const page = at("app", `${loader}.js`);
      writeFileSync(
        page,
        `import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { registerWasmKernels } from "tfjs-wasm-training";
import plain from "tfjs-wasm-training/training.wasm";
import relaxed from "tfjs-wasm-training/training-relaxed.wasm";
${TRAIN}
setWasmPaths("/tfjs/");
globalThis.result = compare(tf, registerWasmKernels, { plain, relaxed });`,
      );
      const { warnings } = esbuild.buildSync({
        entryPoints: [page],
        outdir: at("site"),
        bundle: true,
        format: "esm",
        loader: { ".wasm": loader },
        publicPath: "/",
      });
      assert.deepEqual(warnings, []);
      writeFileSync(
        at("site", `${loader}.html`),
        `<!doctype html><script type="module" src="/${loader}.js"></script>`,
      );
      const tab = await browser!.newPage();
      await tab.goto(`${address}/${loader}.html`, { waitUntil: "load" });
      return await tab.evaluate(async () => {
        const { result, crossOriginIsolated } = globalThis as unknown as {
          result: Promise<Comparison>;
          crossOriginIsolated: boolean;
        };
        return { ...(await result), isolated: crossOriginIsolated };
      });
    }

    it("trains to the weights of cpu with the modules from an address", async function () {
      needs(this, browser, "Chromium");
      const trained = await onPage("file");
      assertTrained(trained, "relaxed");
      // Where tfjs would start its threads.
      assert.ok(trained.isolated);
    });

    it("trains to the weights of cpu with the modules' bytes", async function () {
      needs(this, browser, "Chromium");
      assertTrained(await onPage("binary"), "relaxed");
    });
  });
});

interface PackageJson {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

const packageJson = (file: string) => JSON.parse(readFileSync(file, "utf8")) as PackageJson;

function assertTrained({ variant, wasm, cpu }: Comparison, expected: string): void {
  assert.equal(variant, expected);
  assert.equal(wasm.length, cpu.length);
  for (const [i, values] of cpu.entries()) {
    const scale = Math.max(1e-3, ...values.map(Math.abs));
    assertClose(wasm[i], values, 1e-4, { scale, what: `weights[${i}]` });
  }
}

/** Files of a site, and tfjs's own modules under /tfjs/, to pages that are isolated from others. */
function serve(
  site: string,
  { url = "" }: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const tfjs = path.join(root, "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist");
  const name = path.basename(url);
  try {
    const content = readFileSync(path.join(url.startsWith("/tfjs/") ? tfjs : site, name));
    response
      .writeHead(200, {
        "content-type": types[path.extname(name) as keyof typeof types] ?? "text/plain",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}
