import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseSetting } from "../../src/results/chooseSetting";
import type { ExperimentConfig } from "../../src/training/settings/config";
import type { RunRecord } from "../../src/runs/record";
import { constant } from "../../src/training/settings/schedules";
import { madeUpRun } from "../support/records";
import { assertClose } from "../support/assertClose";

/** A run with 50 held-out images. */
function run(
  beta: number,
  split: number,
  validation: { accuracy: number; crossEntropy?: number | null },
  { config, ...rest }: { config?: Partial<ExperimentConfig>; rowsHash?: string } & object = {},
): RunRecord {
  return madeUpRun({
    config: { beta: constant(beta), split, validationCount: 50, ...config },
    epochs: [
      { validation: { accuracy: 0.99 } },
      { validation: { crossEntropy: 1, ...validation } },
    ],
    ...rest,
  });
}

const chosenBeta = (records: RunRecord[]) => chooseSetting(records).chosen.config.beta.toJSON();

describe("chooseSetting", () => {
  const records = [
    run(0.5, 0, { accuracy: 0.8 }),
    run(0.5, 1, { accuracy: 0.84 }),
    run(1.1, 0, { accuracy: 0.9 }),
    run(1.1, 1, { accuracy: 0.86 }),
  ];

  it("the highest mean validation accuracy of the last epoch is chosen, and all are listed", () => {
    const { chosen, candidates } = chooseSetting(records);
    assert.deepEqual(
      candidates.map(({ settings, n }) => [settings, n]),
      [
        [{ beta: "constant(1.1)" }, 2],
        [{ beta: "constant(0.5)" }, 2],
      ],
    );
    assert.equal(chosen, candidates[0]);
    const { mean, sampleStd } = chosen.validationAccuracy;
    // 90 and 86: 2 from 88 each.
    assertClose([mean, sampleStd!], [88, 2 * Math.SQRT2], 1e-9, { scale: 1 });
    assert.equal(chosen.validationCrossEntropy, 1);
  });

  it("chooseSetting never looks at the test set", () => {
    const blind = records.map((record) => ({
      ...record,
      epochs: record.epochs.map((epoch) =>
        Object.defineProperty({ ...epoch }, "test", {
          get: () => assert.fail("looked at the test"),
        }),
      ),
    }));
    assert.equal(chosenBeta(blind), "constant(1.1)");
  });

  it("the lower cross entropy decides if accuracies are equal up to rounding", () => {
    // 2 + 14 + 28 and 28 + 14 + 2 percent, as multiples of 1/50, are not the same number.
    const tied = [0.02, 0.14, 0.28].flatMap((accuracy, split) => [
      run(0.5, split, { accuracy, crossEntropy: 3 }),
      run(1.1, split, { accuracy: [0.28, 0.14, 0.02][split], crossEntropy: 2 }),
      run(1.5, split, { accuracy: [0.14, 0.28, 0.02][split], crossEntropy: null }),
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(tied, { minLength: tied.length }), (shuffled) => {
        const { candidates } = chooseSetting(shuffled);
        assert.deepEqual(
          candidates.map(({ settings }) => settings.beta),
          ["constant(1.1)", "constant(0.5)", "constant(1.5)"],
        );
        assert.equal(candidates[2].validationCrossEntropy, null);
      }),
    );
  });

  it("a run that occurs twice counts once, and an incomplete run does not count", () => {
    const failed: RunRecord = { ...run(0.5, 2, { accuracy: 1 }), status: "failed" };
    const { candidates } = chooseSetting([...records, records[0], failed]);
    assert.deepEqual(
      candidates.map(({ n }) => n),
      [2, 2],
    );
  });

  it("candidates are separated by every setting but split, seed and checkpointing", () => {
    const other = { seed: 1, checkpointEvery: 99 };
    const again = records.map((record) =>
      madeUpRun({
        ...record,
        config: { ...record.config, ...other },
        rowsHash: record.split.rowsHash,
      }),
    );
    const { candidates } = chooseSetting([...records, ...again]);
    assert.deepEqual(
      candidates.map(({ settings, n }) => [Object.keys(settings), n]),
      [
        [["beta"], 4],
        [["beta"], 4],
      ],
    );
    const decayed = run(1.1, 0, { accuracy: 0.95 }, { config: { weightDecay: 0.5 } });
    const { chosen } = chooseSetting([records[0], records[2], decayed]);
    assert.deepEqual(chosen.settings, { weightDecay: "0.5", beta: "constant(1.1)" });
  });

  const refused: [string, RunRecord[], RegExp][] = [
    ["an empty list of runs", [], /expected complete runs, found none among 0/],
    ["a run without validation", [...records, madeUpRun()], /with held-out images .* sliding/],
    [
      "candidates with different splits",
      [...records, run(2, 0, { accuracy: 1 }), run(2, 2, { accuracy: 1 })],
      /same splits, seeds and held-out images, got\n.*split 1 .*\n.*beta=constant\(2\): .*split 2 /,
    ],
    ["a candidate that lacks a split", records.slice(0, 3), /expected every candidate/],
    [
      "candidates whose equal split numbers have different rows",
      [records[0], run(2, 0, { accuracy: 1 }, { rowsHash: "other" })],
      /rows other/,
    ],
    [
      "candidates with different seeds",
      [records[0], run(2, 0, { accuracy: 1 }, { config: { seed: 1 } })],
      /split 0 \(rows rows of \) seed 1/,
    ],
    [
      "candidates with different numbers of held-out images",
      [records[0], run(2, 0, { accuracy: 1 }, { config: { validationCount: 25 } })],
      /with 25 held out/,
    ],
  ];
  for (const [what, runs, message] of refused)
    it(`chooseSetting rejects ${what}`, () => assert.throws(() => chooseSetting(runs), message));
});
