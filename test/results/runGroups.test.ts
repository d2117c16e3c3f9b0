import assert from "node:assert/strict";
import { accuracyCurves } from "../../src/figures/trainingCurves";
import { chooseSetting } from "../../src/results/chooseSetting";
import { resultTable } from "../../src/results/resultTable";
import { dataDescription, groupRuns } from "../../src/results/runGroups";
import type { RunRecord } from "../../src/runs/record";
import { settingsJson } from "../../src/training/settings/config";
import { mnist250AsCoded, REGULARIZERS } from "../../src/training/settings/presets";
import { settingNames } from "../../src/training/settings/settings";
import { madeUpRun, type MadeUpRun } from "../support/records";

/** A complete run of one epoch, with all that a table, a figure and a choice need. */
function run({ config, ...rest }: MadeUpRun = {}): RunRecord {
  const epoch = { epoch: 1, train: { accuracy: 1 }, test: { accuracy: 0.5 } };
  return madeUpRun({
    config: { validationCount: 50, ...config },
    epochs: [{ ...epoch, validation: { accuracy: 0.75, crossEntropy: 1 } }],
    ...rest,
  });
}

/** A group as "beta constant(2), n = 2". */
const text = (settings: Readonly<Record<string, string>>, n: number) =>
  [...Object.entries(settings).map(([name, value]) => `${name} ${value}`), `n = ${n}`].join(", ");

const tableGroups = (records: readonly RunRecord[]) =>
  resultTable(records).map(({ settings, n }) => text(settings, n));

const choiceGroups = (records: readonly RunRecord[]) =>
  chooseSetting(records).candidates.map(({ settings, n }) => text(settings, n));

/** The groups of the legend, whose names are such as "sliding, beta constant(2) (n = 2)". */
function figureGroups(records: readonly RunRecord[]): string[] {
  const lines = accuracyCurves(records).data as { name: string; showlegend?: boolean }[];
  return lines
    .filter(({ showlegend }) => showlegend !== false)
    .map(({ name }) => {
      const [, settings, n = "1"] = /^sliding(.*?)(?: \(n = (\d+)\))?$/.exec(name)!;
      return `${settings}, n = ${n}`.slice(2);
    });
}

function assertGroups(records: readonly RunRecord[], expected: readonly string[]): void {
  for (const groupsOf of [tableGroups, figureGroups, choiceGroups])
    assert.deepEqual(groupsOf(records).sort(), [...expected].sort(), groupsOf.name);
}

// Written out, not taken from the table of settings, so that a wrong role there fails here.
const DRAWS = ["split", "splitSeed", "seed"];
const UNCOMPARED = [
  "measureEvery",
  "testEvery",
  "reportCount",
  "robustnessCount",
  "layerTestCount",
  "checkpointEvery",
];
const NAMES = ["preset", "regularizer"];
/** The other settings, each of which a choice accepts. */
const NUMBERS = settingNames().filter(
  (name) => ![...DRAWS, ...UNCOMPARED, ...NAMES, "validationCount"].includes(name),
);

/** Two runs, on splits 0 and 1, with some settings. */
const pair = (config: object) => [0, 1].map((split) => run({ config: { ...config, split } }));

describe("a table, a figure and a choice of the same runs", () => {
  for (const name of DRAWS)
    it(`runs that differ in ${name} are averaged`, () => {
      const records = [1, 2, 3].map((value) => run({ config: { [name]: value } }));
      assertGroups(records, ["n = 3"]);
    });

  for (const name of UNCOMPARED)
    it(`runs that differ in ${name} and split are averaged, and a split counts once`, () => {
      const records = [0, 1].map((split) => run({ config: { split, [name]: 77 + split } }));
      assertGroups(records, ["n = 2"]);
      assertGroups([...records, run({ config: { split: 0, [name]: 99 } })], ["n = 2"]);
    });

  for (const name of NUMBERS)
    it(`runs that differ in ${name} form separate groups`, () => {
      const own = String(settingsJson(run().config)[name]);
      const records = [...pair({}), ...pair({ [name]: "other" })];
      assertGroups(records, [`${name} ${own}, n = 2`, `${name} other, n = 2`]);
    });

  it("runs that differ in the backend form separate groups", () => {
    const other = pair({}).map((record) => ({
      ...record,
      environment: { ...record.environment, backend: "cpu" as const },
    }));
    assertGroups([...pair({}), ...other], ["backend wasm, n = 2", "backend cpu, n = 2"]);
  });

  it("validationCount and the splits' source separate groups, and chooseSetting rejects them", () => {
    const held = [...pair({}), ...pair({ validationCount: 25 })];
    const split = { source: "splits.json", rowsHash: "other rows" };
    const moved = [...pair({}), run({ split })];
    const expected = [
      [held, ["validationCount 25, n = 2", "validationCount 50, n = 2"]],
      [moved, ["split source seeded, n = 2", "split source splits.json, n = 1"]],
    ] as const;
    for (const [records, groups] of expected) {
      assert.deepEqual(tableGroups(records).sort(), groups);
      assert.deepEqual(figureGroups(records).sort(), groups);
      assert.throws(() => choiceGroups(records), /same splits, seeds and held-out images/);
    }
  });

  it("presets and regularizers form separate groups by name, whatever their settings", () => {
    const records = [...pair({}), ...pair({ regularizer: "other" }), ...pair({ preset: "mine" })];
    const counts = [
      resultTable(records).map(({ preset, regularizer, n }) => [preset, regularizer, n]),
      groupRuns(records).map(({ preset, regularizer, runs }) => [preset, regularizer, runs.length]),
      chooseSetting(records).candidates.map(({ config, n }) => [
        config.preset,
        config.regularizer,
        n,
      ]),
    ];
    for (const seen of counts)
      assert.deepEqual(seen, [
        ["mnist-250", "sliding", 2],
        ["mnist-250", "other", 2],
        ["mine", "sliding", 2],
      ]);
  });
});

describe("the label of a group", () => {
  const labels = (records: readonly RunRecord[]) => groupRuns(records).map(({ label }) => label);

  it("the label is the regularizer if nothing else separates groups", () => {
    const { difference } = REGULARIZERS.vanilla;
    assert.deepEqual(labels([...pair({}), ...pair(difference)]), ["sliding", "vanilla"]);
  });

  it("only groups that share a regularizer are labeled with the settings in which they differ", () => {
    const vanilla = pair(REGULARIZERS.vanilla.difference);
    const records = [...vanilla, ...pair({ metric: "L1" }), ...pair({})];
    assert.deepEqual(labels(records), ["vanilla", "sliding, metric L1", "sliding, metric L2"]);
  });

  it("the label names the preset if there are several, but not the settings that presets define", () => {
    const coded = { ...mnist250AsCoded, ...REGULARIZERS.sliding.difference, validationCount: 50 };
    const records = [...pair({}), ...pair(coded)];
    assert.deepEqual(labels(records), ["mnist-250 sliding", "mnist-250-as-coded sliding"]);
    assert.deepEqual(
      groupRuns(records).map(({ settings }) => settings),
      [{}, {}],
    );
  });
});

describe("the description of data", () => {
  it("the description names the data set and the numbers of runs", () => {
    const groups = groupRuns([...pair({}), run({ config: { metric: "L1" } })]);
    assert.equal(dataDescription(groups), "MNIST-250, n = 1 to 2 runs each");
    assert.equal(dataDescription(groups.slice(1)), "MNIST-250, n = 1 run each");
  });
});
