import assert from "node:assert/strict";
import { resultTable } from "../../src/results/resultTable";
import { withoutCopies } from "../../src/results/runCopies";
import type { RunRecord } from "../../src/runs/record";
import { testedRun } from "../support/records";

describe("copies of a run", () => {
  const records = [
    testedRun("vanilla", 0, 0.9),
    testedRun("vanilla", 1, 0.94),
    testedRun("sliding", 0, 0.95),
  ];

  it("a run that is recorded twice counts once, and runs on different images count separately", () => {
    const onImages = (imagesHash: string) => {
      const record = testedRun("vanilla", 0, 0.9);
      return { ...record, split: { ...record.split, imagesHash } };
    };
    const rowOf = (...more: RunRecord[]) => resultTable([...records, ...more])[0];
    assert.equal(rowOf(records[0]).n, 2);
    assert.equal(rowOf(onImages("a")).n, 2);
    assert.equal(resultTable([onImages("a"), onImages("b"), onImages("a")])[0].n, 2);
  });

  it("a split seed that decides nothing, as with a splits file, does not make another run", () => {
    const drawn = (splitSeed: number, source: string, validationCount = 0) => {
      const record = testedRun("vanilla", 0, 0.9, { splitSeed, validationCount });
      return { ...record, split: { ...record.split, source } };
    };
    const count = (source: string, validationCount?: number) =>
      withoutCopies([0, 1].map((seed) => drawn(seed, source, validationCount))).length;
    assert.equal(count("splits.json"), 1);
    assert.equal(count("splits.json", 50), 2);
    assert.equal(count("seeded"), 2);
  });

  it("a run that is measured again counts once, and its fullest record is kept", () => {
    const again = testedRun("vanilla", 0, 0.9, {
      reportCount: 0,
      robustnessCount: 0,
      testEvery: 5,
    });
    const [{ n, settings }] = resultTable([...records, again]);
    assert.deepEqual([n, settings], [2, {}]);
    const [first] = again.epochs;
    const fuller = {
      ...again,
      epochs: [{ ...first, report: { margins: {} } }],
    } as unknown as RunRecord;
    assert.deepEqual(withoutCopies([...records, fuller]), [fuller, ...records.slice(1)]);
    assert.deepEqual(withoutCopies([fuller, ...records]), [fuller, ...records.slice(1)]);
    const stopped = { ...fuller, status: "interrupted" } as const;
    assert.deepEqual(withoutCopies([stopped, again]), [again]);
    assert.deepEqual(withoutCopies([again, stopped]), [again]);
  });
});
