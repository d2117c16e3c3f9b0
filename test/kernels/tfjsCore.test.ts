import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import failingKinds from "./tfjsCore/failingSpecs.json";

/** The specs that ran, by name; where several have a name, its second use ends in " (2)". */
type Results = Map<string, { readonly status: string; readonly message: string }>;

const listed = new Set(Object.values(failingKinds).flatMap(({ specs }) => specs));

describe("tfjs-core's own specs on the wasm backend", function () {
  this.timeout(600_000);
  let folder: string;
  let [stock, ours]: Results[] = [];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-specs-"));
    const root = path.resolve(__dirname, "..", "..");
    const program = path.join(folder, "specs.js");
    esbuild.buildSync({
      entryPoints: [path.join(__dirname, "tfjsCore", "specs.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      mainFields: ["module", "main"],
      // tfjs-core says that its specs have no side effects.
      ignoreAnnotations: true,
      // Where the kernels look for their build.
      define: { __dirname: JSON.stringify(path.join(root, "src", "backend")) },
    });
    const run = async (kernels: "stock" | "ours") => {
      const file = path.join(folder, `${kernels}.json`);
      const options = { cwd: root, maxBuffer: 2 ** 28 };
      await promisify(execFile)(process.execPath, [program, file, kernels], options);
      return resultsIn(file);
    };
    [stock, ours] = await Promise.all([run("stock"), run("ours")]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("run: more than 4,000, the same ones on tfjs's kernels and on ours", () => {
    assert.ok(ours.size > 4000, `${ours.size} specs`);
    assert.deepEqual([...ours.keys()], [...stock.keys()]);
  });

  it("pass on our kernels wherever they pass on tfjs's, but for those that expect a wrong value", () => {
    const wrong = new Set(failingKinds["wrong in tfjs"].specs);
    assert.deepEqual(
      failures(ours).filter(([name]) => stock.get(name)!.status === "passed" && !wrong.has(name)),
      [],
    );
  });

  it("fail only where failingSpecs.json gives a reason", () => {
    assert.deepEqual(
      failures(ours).filter(([name]) => !listed.has(name)),
      [],
    );
  });

  it("fail, all that failingSpecs.json lists", () => {
    assert.deepEqual(
      [...listed].filter((name) => ours.get(name)?.status !== "failed"),
      [],
    );
  });
});

function resultsIn(file: string): Results {
  const results: Results = new Map();
  const rows = JSON.parse(readFileSync(file, "utf8")) as [string, string, string][];
  for (const [fullName, status, message] of rows) {
    const plain = fullName.replace(" wasm {}", "");
    let name = plain;
    for (let use = 2; results.has(name); use++) name = `${plain} (${use})`;
    results.set(name, { status, message });
  }
  return results;
}

const failures = (results: Results): [name: string, message: string][] =>
  [...results].flatMap(([name, { status, message }]) =>
    status === "failed" ? [[name, message.slice(0, 300)]] : [],
  );
