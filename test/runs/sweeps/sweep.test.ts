import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import type { ExperimentConfig } from "../../../src/training/settings/config";
import { findRuns, type FoundRun } from "../../../src/runs/findRuns";
import { mnist250, REGULARIZERS } from "../../../src/training/settings/presets";
import { runCosts, secondsLeft, trialConfig } from "../../../src/runs/runCosts";
import { poolSeconds } from "../../../src/runs/runPool";
import { constant, linear, product } from "../../../src/training/settings/schedules";
import { expandSweep, type SweepDefinition, type SweepRun } from "../../../src/runs/sweeps/sweep";
import { readSweepFile } from "../../../src/runs/sweeps/sweepFile";
import { gridFolder } from "../../../src/runs/sweeps/sweepFolder";
import { planSweep } from "../../../src/runs/sweeps/sweepPlan";
import { settingsJson } from "../../../src/training/settings/config";
import { assertFinite, malformed, readOrRefused } from "../../support/malformed";
import { madeUpRun, PLAIN_EPOCH } from "../../support/records";
import { assertClose } from "../../support/assertClose";

const expand = (definition: object) =>
  expandSweep({ preset: "mnist-250", ...definition } as SweepDefinition);
const folders = (definition: object) => expand(definition).map(({ folder }) => folder);

describe("expandSweep", () => {
  it("a sweep of a preset alone is the sliding regularizer on split 0 with seed 0", () => {
    const [run, ...others] = expand({});
    assert.deepEqual(others, []);
    assert.equal(run.folder, path.join("mnist-250-sliding", "split-0-seed-0"));
    const expected = { ...mnist250, ...REGULARIZERS.sliding.difference };
    assert.equal(JSON.stringify(run.config), JSON.stringify(expected));
  });

  it("a sweep has a run per regularizer, combination, split and seed, with split 0 first", () => {
    const runs = expand({
      regularizers: ["hofer", "sliding"],
      grid: { beta: [0.5, "squareRootDecay(2)"], metric: ["L1", "L2"] },
      splits: "0-2",
      seeds: "0,3",
    });
    assert.equal(runs.length, 2 * 2 * 2 * 3 * 2);
    const [firstSplit, rest] = [runs.slice(0, 16), runs.slice(16)];
    assert.ok(firstSplit.every(({ config }) => config.split === 0));
    assert.ok(rest.every(({ config }) => config.split > 0));
    assert.deepEqual(
      firstSplit.slice(0, 4).map(({ config: { regularizer, beta, metric, seed } }) => {
        return [regularizer, beta.toJSON(), metric, seed];
      }),
      [
        ["hofer", "constant(0.5)", "L1", 0],
        ["hofer", "constant(0.5)", "L2", 0],
        ["hofer", "squareRootDecay(2)", "L1", 0],
        ["hofer", "squareRootDecay(2)", "L2", 0],
      ],
    );
    assert.equal(new Set(runs.map(({ folder }) => folder)).size, runs.length);
  });

  it("values of the grid and shared settings override those of the regularizer", () => {
    const [{ config }] = expand({
      regularizers: ["hofer-l1"],
      settings: { beta: linear(2, 1), epochs: "20" },
      grid: { weightDecay: [0.5] },
    });
    assert.equal(config.metric, "L1");
    assert.deepEqual(
      [config.beta.toJSON(), config.epochs, config.weightDecay],
      ["linear(2, 1)", 20, 0.5],
    );
  });

  it("a value or a regularizer that is given twice counts once", () => {
    const runs = expand({ regularizers: ["hofer", "hofer"], grid: { beta: [1, "1.0", "2"] } });
    assert.equal(runs.length, 2);
  });

  const refused: [string, object, RegExp][] = [
    ["an unknown preset", { preset: "mnist-251" }, /unknown preset "mnist-251"; expected one of/],
    ["an unknown regularizer", { regularizers: ["holer"] }, /unknown regularizer "holer"/],
    [
      "an inherited property as its preset",
      { preset: "constructor" },
      /unknown preset "constructor"/,
    ],
    ["no regularizer", { regularizers: [] }, /regularizers: expected a list of names, got \[\]/],
    ["an unknown field", { grids: {} }, /unknown field grids; there are preset, regularizers,/],
    ["an unknown setting", { grid: { depth: [1] } }, /unknown setting depth/],
    [
      "a bad value",
      { grid: { epochs: [1, 0] } },
      /epochs: expected a whole number from 1 to 100000, got 0/,
    ],
    ["null as a value", { settings: { weightDecay: null } }, /weightDecay: expected .*got null/],
    [
      "a list as a value",
      { settings: { epochs: [5] } },
      /epochs: expected a whole number .*got \[5\]/,
    ],
    [
      "an empty list of values",
      { grid: { epochs: [] } },
      /grid\.epochs: expected a list of values, got \[\]/,
    ],
    [
      "a grid value outside a list",
      { grid: { epochs: 5 } },
      /grid\.epochs: expected a list .*got 5/,
    ],
    ["the split as a setting", { grid: { split: [0] } }, /split: set it with the sweep's splits/],
    ["a list as its preset", { preset: ["mnist-250"] }, /preset: expected a text, got \["mnist/],
    [
      "a list within its regularizers",
      { regularizers: [["sliding"]] },
      /regularizers\[0\]: expected a text, got \["sliding"\]/,
    ],
    ["a list as its splits", { splits: [0] }, /splits: expected whole numbers such as .*got \[0\]/],
    [
      "the setting __proto__",
      JSON.parse('{"grid": {"__proto__": [1]}}') as object,
      /unknown setting/,
    ],
    [
      "more runs than can be planned",
      { grid: { epochs: Array.from({ length: 200 }, (_, i) => i + 1) }, splits: "0-999" },
      /expected a sweep of at most 100000 runs, got 200000/,
    ],
    ["bad splits", { splits: "9-0" }, /splits: expected whole numbers such as 0-9/],
    [
      "a setting in both settings and grid",
      { settings: { beta: 1 }, grid: { beta: [2] } },
      /beta: expected it in settings or in grid, got it in both/,
    ],
  ];
  for (const [what, definition, message] of refused)
    it(`a sweep with ${what} is rejected`, () => assert.throws(() => expand(definition), message));

  it("a sweep with contradictory combinations is rejected with a list of them", () => {
    const grid = { zeroDeathTimes: ["epsilon", "drop"], metric: ["L1", "L2", "LInfinity"] };
    assert.throws(
      () => expand({ grid, splits: "0-9" }),
      (error: Error) => {
        const [first, ...lines] = error.message.split("\n");
        assert.match(first, /^2 of 6 combinations are contradictory, nothing was run:$/);
        assert.equal(lines.length, 2);
        assert.match(lines[0], /mnist-250 sliding zeroDeathTimes=epsilon metric=L1: .*metric L2/);
        return true;
      },
    );
  });
});

describe("malformed definitions of sweeps", () => {
  const definition = {
    preset: "mnist-250",
    regularizers: ["sliding", "hofer"],
    settings: { epochs: 3, beta: "linear(1, 0)" },
    grid: { weightDecay: [0.5, 0.25], metric: ["L1"] },
    splits: "0-1",
    seeds: "0",
  };

  it("expandSweep takes a malformed definition only with the meaning that it has", () => {
    fc.assert(
      fc.property(malformed(definition), ({ json, place, after }) => {
        const read = readOrRefused(
          () => expandSweep(json as SweepDefinition),
          /expected |unknown |needs |is less than/,
        );
        if (read === undefined || after === undefined) return;
        const [field, name] = place.split(".");
        for (const { config } of read) {
          assertFinite(settingsJson(config));
          if (field === "preset") assert.equal(config.preset, after);
          if (field === "settings" && name !== undefined) {
            const value = settingsJson(config)[name];
            if (typeof value === "number") assert.equal(value, Number(after));
          }
        }
        // A part of a definition is never left out.
        const leaf = typeof after === "object" ? [] : [after];
        for (const value of leaf) assert.ok(["string", "number", "boolean"].includes(typeof value));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the folder of a run", () => {
  it("a run's folder names only the grid's settings, in characters safe for file names", () => {
    const grid = { beta: ["0.5", "linear(1e-7, 0.1)"], metric: ["L2.5"] };
    assert.deepEqual(folders({ settings: { epochs: 3 }, grid }), [
      path.join("mnist-250-sliding", "beta=0.5,metric=L2.5", "split-0-seed-0"),
      path.join("mnist-250-sliding", "beta=linear-1e-7-0.1,metric=L2.5", "split-0-seed-0"),
    ]);
  });

  it("gridFolder never leaves the sweep's folder and differs for other settings", () => {
    const number = fc.double({ min: 0, max: 1e9, noNaN: true });
    const schedule = fc.oneof(
      number.map(constant),
      fc.tuple(number, number).map(([from, to]) => linear(from, to)),
      fc.array(number.map(constant), { minLength: 1, maxLength: 20 }).map((f) => product(...f)),
    );
    fc.assert(
      fc.property(schedule, schedule, number, (beta, topologicalWeight, momentum) => {
        const settings = { beta, topologicalWeight, momentum };
        const name = gridFolder(settings);
        assert.match(name, /^beta=[\w.+=,-]+$/);
        assert.ok(name.length < 200);
        const other = { ...settings, momentum: momentum + 1 };
        assert.notEqual(gridFolder(other), name);
      }),
    );
  });

  it("a run's folder distinguishes schedules that differ only in their parentheses", () => {
    const [a, b] = ["product(product(1, 2), 3)", "product(product(1), 2, 3)"];
    const [one, other] = folders({ grid: { beta: [a, b] } });
    assert.notEqual(one, other);
    assert.match(one, /beta=product-product-constant-1-constant-2-constant-3-[\da-f]{8}/);
  });
});

describe("readSweepFile", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-sweep-file-"))));
  after(() => rmSync(folder, { recursive: true }));
  const read = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
    return readSweepFile(path.join(folder, name));
  };

  it("a sweep file is JSON, CommonJS, JavaScript with a default export or TypeScript", async () => {
    const expected = { preset: "mnist-250", grid: { beta: [0.5] } };
    const json = JSON.stringify(expected);
    for (const [name, content] of [
      ["a.json", json],
      ["a.cjs", `module.exports = ${json};`],
      ["a.js", `export default ${json};`],
      ["a.ts", `const a: { preset: string } = ${json}; export default a satisfies object;`],
    ])
      assert.deepEqual(await read(name, content), expected, name);
  });

  it("a TypeScript sweep file imports relative to its own folder", async () => {
    mkdirSync(path.join(folder, "shared"));
    writeFileSync(path.join(folder, "shared", "index.js"), "exports.betas = [0.5, 1];");
    const source = 'import { betas } from "./shared"; export default { grid: { beta: betas } };';
    assert.deepEqual(await read("b.ts", source), { grid: { beta: [0.5, 1] } });
  });

  it("a sweep file imports TypeScript next to it and is read again each time", async () => {
    writeFileSync(path.join(folder, "common.ts"), "export const betas: number[] = [0.5];");
    const source = 'import { betas } from "./common"; export default { grid: { beta: betas } };';
    assert.deepEqual(await read("f.ts", source), { grid: { beta: [0.5] } });
    assert.deepEqual(await read("f.ts", "export default { splits: '3' };"), { splits: "3" });
  });

  it("a sweep file that is missing, faulty or without an object is rejected by name", async () => {
    await assert.rejects(readSweepFile(path.join(folder, "none.json")), /none\.json: expected the/);
    await assert.rejects(read("c.json", "{"), /c\.json: /);
    await assert.rejects(read("c.ts", "\nexport default {"), /c\.ts: line 2: /);
    writeFileSync(path.join(folder, "broken.ts"), "\n\nexport const = 1;");
    const importing = 'import "./broken"; export default {};';
    await assert.rejects(read("g.ts", importing), /g\.ts: .*broken\.ts, line 3: /);
    await assert.rejects(read("d.js", 'throw new Error("own");'), /d\.js: own/);
    for (const [thrown, message] of [
      ["null", /d\.cjs: expected an export, got an exception: null/],
      ["'x'", /d\.cjs: expected an export, got an exception: 'x'/],
      ["undefined", /d\.cjs: expected an export, got an exception: undefined/],
    ] as const)
      await assert.rejects(read("d.cjs", `throw ${thrown};`), message);
    const throwing = "export default { get preset() { throw null; } };";
    await assert.rejects(
      read("d.ts", throwing),
      /d\.ts: expected an export, got an exception: null/,
    );
    for (const value of ["() => 1", "NaN", "1n", "Symbol()"])
      await assert.rejects(
        read("d.ts", `export default { settings: { beta: ${value} } };`),
        /d\.ts: beta: expected plain data and schedules, got /,
      );
    await assert.rejects(readSweepFile("/dev/zero"), /\/dev\/zero: .*at most 256000000 bytes/);
    await assert.rejects(read("e.json", "[1]"), /e\.json: expected an object .*got \[1\]/);
  });
});

describe("planSweep", () => {
  const out = path.join("some", "out");
  const [one] = expand({ settings: { epochs: 4 } });
  const split = { source: "seeded", rowsHash: "rows", imagesHash: "images" };
  const at = (run: SweepRun) => path.join(out, run.folder);
  const found = (run: SweepRun, rest: object = {}): FoundRun => ({
    folder: at(run),
    record: madeUpRun({ config: run.config, rowsHash: "rows", epochs: [{}, {}], ...rest }),
  });
  const plan = (there: FoundRun[], runs = [one]) =>
    planSweep(
      runs.map((run) => ({ ...run, split, rows: [] })),
      there,
      { out, backend: "wasm" },
    );
  const stateOf = (there: FoundRun[]) => {
    const [{ state, where, epochs }] = plan(there);
    return { state, where, epochs };
  };

  it("a missing run is planned as to do and a complete run as done", () => {
    assert.deepEqual(stateOf([]), { state: "todo", where: at(one), epochs: 0 });
    assert.deepEqual(stateOf([found(one)]), { state: "done", where: at(one), epochs: 4 });
  });

  it("a complete run counts under other names elsewhere, but its own folder has priority", () => {
    const config = { ...one.config, preset: "other", regularizer: "other" };
    const elsewhere = { ...found(one, { config }), folder: path.join("some", "out", "x", "y") };
    assert.deepEqual(stateOf([elsewhere]), { state: "done", where: elsewhere.folder, epochs: 4 });
    assert.equal(stateOf([elsewhere, found(one)]).where, at(one));
  });

  it("a run with another backend, other rows or another setting does not count as done", () => {
    const elsewhere = (rest: object) => [{ ...found(one, rest), folder: "elsewhere" }];
    const { environment } = madeUpRun();
    for (const rest of [
      { environment: { ...environment, backend: "cpu" } },
      { rowsHash: "other rows" },
      { config: { ...one.config, weightDecay: 0.5 } },
      { status: "failed" },
    ])
      assert.equal(stateOf(elsewhere(rest)).state, "todo", JSON.stringify(rest));
  });

  it("a run on other images in the same rows does not count as done", () => {
    const there = (imagesHash?: string) =>
      found(one, { split: { source: "seeded", rowsHash: "rows", imagesHash } });
    assert.equal(stateOf([there("images")]).state, "done");
    assert.equal(stateOf([there(undefined)]).state, "done", "a record of before");
    assert.equal(stateOf([there("others")]).state, "conflict");
    assert.equal(stateOf([{ ...there("others"), folder: "elsewhere" }]).state, "todo");
  });

  it("an interrupted or failed run in its own folder is planned to resume", () => {
    const interrupted = found(one, { status: "interrupted" });
    assert.deepEqual(stateOf([interrupted]), { state: "resume", where: at(one), epochs: 2 });
    assert.equal(stateOf([found(one, { status: "failed" })]).state, "resume");
    assert.equal(stateOf([found(one, { status: "failed", epochs: [] })]).state, "todo");
    assert.equal(stateOf([{ ...interrupted, process: 1 }]).state, "running");
  });

  it("a run whose folder holds another run is planned as a conflict", () => {
    const config: ExperimentConfig = { ...one.config, epochs: 5 };
    assert.equal(stateOf([found(one, { config })]).state, "conflict");
  });

  it("a run with two names is planned once", () => {
    const grid = { metric: ["L1"] };
    const [plain] = expand({ regularizers: ["hofer"], grid });
    const [named] = expand({ regularizers: ["hofer-l1"] });
    const [first, second] = plan([], [plain, named]);
    assert.equal(first.identity, second.identity);
    assert.deepEqual([first.state, second.state, second.where], ["todo", "same", at(plain)]);
  });
});

describe("findRuns", () => {
  it("findRuns finds each run once at any depth although a record is broken", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "tdnc-find-"));
    const write = (folder: string, text: string) => {
      mkdirSync(path.join(root, folder), { recursive: true });
      writeFileSync(path.join(root, folder, "record.json"), text);
    };
    const record = JSON.stringify(
      madeUpRun({ config: { epochs: 1 }, epochs: [{ epoch: 1, ...PLAIN_EPOCH }] }),
    );
    write("a/b/c", record);
    write("a", record);
    write("z", "{}");
    const { runs, broken } = await findRuns([root, path.join(root, "a")]);
    rmSync(root, { recursive: true });
    assert.deepEqual(
      runs.map(({ folder }) => path.relative(root, folder)),
      ["a", path.join("a", "b", "c")],
    );
    assert.equal(broken.length, 1);
    assert.match(broken[0], /z.record\.json: expected the record of a run/);
  });
});

describe("the time of a sweep", () => {
  const seconds = (training: number, measuring: number) => ({ seconds: { training, measuring } });
  const config = { ...mnist250, epochs: 10, measureEvery: 5, testEvery: 4, reportCount: 0 };

  it("a trial gives the times of an epoch, a measurement, a test and a report", () => {
    const trial = trialConfig({ ...config, reportCount: 20 });
    assert.deepEqual([trial.epochs, trial.testEvery, trial.reportCount], [3, 2, 1]);
    const epochs = [seconds(9, 0.5), seconds(4, 2), seconds(3, 7)];
    assert.deepEqual(runCosts(madeUpRun({ config: trial, epochs })), {
      training: 3,
      measuring: 0.5,
      testing: 1.5,
      reporting: 5,
    });
    const short = trialConfig(config);
    assert.deepEqual([short.epochs, short.reportCount], [2, 0]);
    const costs = runCosts(madeUpRun({ config: short, epochs: epochs.slice(0, 2) }));
    assert.deepEqual(costs, { training: 4, measuring: 0.5, testing: 1.5, reporting: 0 });
  });

  it("secondsLeft counts the measurements, tests and reports of the remaining epochs", () => {
    const costs = { training: 1, measuring: 10, testing: 100, reporting: 1000 };
    // Measured after epochs 5 and 10; tested after 4, 8 and, as the last, 10.
    assert.equal(secondsLeft(config, costs, config), 10 + 2 * 10 + 3 * 100);
    assert.equal(secondsLeft(config, costs, config, 8), 2 + 10 + 100);
    assert.equal(secondsLeft(config, costs, config, 10), 0);
    // Reports after epochs 1, 3 and 10: tested too.
    const reporting = { ...config, reportCount: 3 };
    assert.equal(secondsLeft(reporting, costs, config), 10 + 2 * 10 + 5 * 100 + 3 * 1000);
  });

  it("secondsLeft scales training time with the images per epoch", () => {
    const costs = { training: 1, measuring: 0, testing: 0, reporting: 0 };
    assert.equal(secondsLeft({ ...config, subBatchSize: 32 }, costs, config), 20);
    // 31 steps of 250 images, 15 of the 125 that are left.
    const fewer = { ...config, validationCount: 125 };
    assertClose(secondsLeft(fewer, costs, config), (10 * 15) / 31, 1e-12, { scale: 1 });
  });

  it("poolSeconds assigns each run in order to the first free worker", () => {
    assert.equal(poolSeconds([3, 1, 1, 4], 1), 9);
    // 3 in parallel with 1 + 1, then 4 after those two.
    assert.equal(poolSeconds([3, 1, 1, 4], 2), 6);
    assert.equal(poolSeconds([3, 1], 8), 3);
    assert.equal(poolSeconds([], 2), 0);
  });
});
