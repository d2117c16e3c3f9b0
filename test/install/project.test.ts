import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { ESLint, Linter } from "eslint";

describe("the installed project", () => {
  it("a danfojs DataFrame gives the group means 3 and 6 for {2, 4} and {6}", async () => {
    const danfo = await import("danfojs-node");
    const frame = new danfo.DataFrame(
      [
        ["a", 2],
        ["a", 4],
        ["b", 6],
      ],
      { columns: ["group", "value"] },
    );
    const means = frame.groupby(["group"]).agg({ value: "mean" });
    assert.deepEqual(means.values, [
      ["a", 3],
      ["b", 6],
    ]);
  });

  it("danfojs computes with the tfjs engine that the project uses", async () => {
    const danfo = await import("danfojs-node");
    const theirs = danfo.tensorflow as unknown as typeof tf;
    assert.equal(theirs.engine(), tf.engine());
  });

  it("danfojs leaves the selected backend in use if tfjs-node loads", () => {
    // A project of its own with a tfjs and a tfjs-node that only have a backend.
    const root = mkdtempSync(path.join(tmpdir(), "tdnc-shim-"));
    try {
      cpSync("src/tfjs-node-shim", path.join(root, "src", "tfjs-node-shim"), { recursive: true });
      const scope = path.join(root, "node_modules", "@tensorflow");
      const tfjs =
        'let own = "wasm"; exports.getBackend = () => own; exports.setBackend = (b) => (own = b);';
      const node =
        'const tf = require("@tensorflow/tfjs"); tf.setBackend("tensorflow"); module.exports = tf;';
      for (const [name, code] of Object.entries({ tfjs, "tfjs-node": node })) {
        mkdirSync(path.join(scope, name), { recursive: true });
        writeFileSync(path.join(scope, name, "index.js"), code);
      }
      const shim = require(path.join(root, "src", "tfjs-node-shim")) as typeof tf;
      assert.equal(shim.getBackend(), "wasm");
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("the lock file names no package server other than the npm registry", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { resolved?: string }>;
    };
    const servers = Object.values(lock.packages).flatMap(({ resolved }) =>
      resolved && !resolved.startsWith("https://registry.npmjs.org/") ? [resolved] : [],
    );
    assert.deepEqual(servers, ["src/tfjs-node-shim"]);
  });

  it("the lock file lists tfjs-node as an optional package of the same version as tfjs", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { optional?: boolean; version?: string }>;
    };
    const native = lock.packages["node_modules/@tensorflow/tfjs-node"];
    assert.deepEqual([native.optional, native.version], [true, tf.version.tfjs]);
  });

  it("eslint rejects Math.random", async () => {
    const { rules } = (await new ESLint().calculateConfigForFile("src/index.ts")) as Linter.Config;
    const name = "no-restricted-properties";
    const messages = new Linter().verify("Math.random();", { rules: { [name]: rules?.[name] } });
    assert.deepEqual(
      messages.map(({ ruleId, severity }) => [ruleId, severity]),
      [[name, 2]],
    );
  });
});
