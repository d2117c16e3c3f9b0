import assert from "node:assert/strict";
import { measureRace } from "../../src/results/measureRace";
import { raceCells, racesWith, raceTitles } from "../../src/results/raceTexts";
import { assertClose } from "../support/assertClose";
import { measuredRun } from "../support/records";

const run = (name: string, split: number, values: number[]) =>
  measuredRun(
    name,
    values.map((nc1) => ({ nc1 })),
    { split },
  );
const race = (own: number[][], base: number[][]) =>
  measureRace(
    [
      ...own.map((values, split) => run("sliding", split, values)),
      ...base.map((values, split) => run("vanilla", split, values)),
    ],
    "sliding",
    "withinClassVariability",
  );

describe("measureRace", () => {
  // Epoch 1 is before the terminal phase of the made-up runs.
  it("ends, ratio, share of the epochs and the epoch of arrival are those computed by hand", () => {
    const { value, baseline, ratio, interval, lower, n, lowerShare, thereAt, section } = race(
      [[0, 4, 1, 1]],
      [[9, 3, 3, 2]],
    );
    assert.deepEqual([value, baseline, lower, n, thereAt, section], [1, 2, 1, 1, 3, "NC1"]);
    assertClose([ratio, lowerShare], [0.5, 2 / 3], 1e-12);
    assert.equal(interval, null);
  });

  it("the ratio of several splits is the geometric mean, with an interval", () => {
    const { ratio, interval } = race(
      [
        [1, 1],
        [1, 4],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    );
    assertClose([ratio], [1], 1e-12);
    assert(interval!.lower < 1 && interval!.upper > 1);
  });

  it("the verdict is for or against where all splits and most epochs agree, else open", () => {
    const low = [9, 1, 1, 1];
    const high = [9, 2, 2, 2];
    assert.equal(race([low, low], [high, high]).verdict, "for");
    assert.equal(race([high, high], [low, low]).verdict, "against");
    assert.equal(race([low, high], [high, low]).verdict, "open");
    assert.equal(race([[9, 3, 3, 1]], [high]).verdict, "open");
  });

  it("a value that never stays at the baseline's end has no epoch of arrival", () => {
    assert.equal(race([[9, 1, 1, 3]], [[9, 2, 2, 2]]).thereAt, null);
  });

  it("without a common split it throws an error that names both", () => {
    assert.throws(() => race([[1]], []), /a split that sliding and vanilla share, got none/);
  });

  it("raceCells and racesWith are the row and the list of a race", () => {
    const own = race([[0, 4, 1, 1]], [[9, 3, 3, 2]]);
    assert.deepEqual(raceCells(own), [
      ...["NC1", "withinClassVariability", "2", "1", "0.50", "1 of 1", "67 %", "3", "for"],
    ]);
    assert.equal(raceTitles("sliding").length, raceCells(own).length);
    assert.equal(racesWith([own], "for"), "withinClassVariability (0.50)");
    assert.equal(racesWith([own], "against"), "none");
    const clear = { ...own, interval: { lower: 0.4, upper: 0.6 } };
    assert.equal(racesWith([clear], "for"), "withinClassVariability (0.50 \\*)");
  });
});
