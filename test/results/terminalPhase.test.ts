import assert from "node:assert/strict";
import {
  medianDeathTimes,
  peakDeathTime,
  relativeDeathTime,
} from "../../src/results/deathTimeMedians";
import {
  geometricGrowth,
  terminalPhaseAccuracy,
  terminalPhaseMargins,
} from "../../src/results/terminalPhase";
import { assertClose } from "../support/assertClose";
import { madeUpRun, measuredRun, PLAIN_EPOCH } from "../support/records";

describe("the terminal phase", () => {
  it("the accuracies are those of its first and its last tested epoch", () => {
    // The phase of a made-up run begins with epoch 2.
    const run = measuredRun("sliding", [{ test: 0.1 }, { test: 0.5 }, {}, { test: 0.75 }]);
    const { n, fromEpoch, starts, ends } = terminalPhaseAccuracy([run], "sliding");
    assert.deepEqual([n, fromEpoch, starts, ends], [1, 2, [50], [75]]);
    assert.throws(() => terminalPhaseAccuracy([run], "vanilla"), /got none/);
  });

  it("the growth of the margins is the geometric mean of end / start", () => {
    const margins = (...norms: number[]) =>
      madeUpRun({
        terminalPhaseEpoch: 1,
        epochs: norms.map((meanRelativeNorm, i) => ({
          ...PLAIN_EPOCH,
          epoch: i + 1,
          report: { margins: { meanRelativeNorm } },
        })),
      });
    const change = terminalPhaseMargins([margins(1, 9, 4), margins(2, 2)], "sliding");
    assert.deepEqual(
      [change.starts, change.ends],
      [
        [1, 2],
        [4, 2],
      ],
    );
    assertClose([geometricGrowth(change)], [2], 1e-12);
  });
});

describe("median death times", () => {
  const classes = (...medians: number[]) => [
    ...medians.map((m) => [0, 0, 0, m, 9, 9, 9] as const),
    null,
  ];
  const run = measuredRun("sliding", [
    { classQuantiles: classes(1, 3, 2), testReport: { featureNormMean: 4 } },
    { classQuantiles: classes(5), testReport: { featureNormMean: 4 } },
    {},
    { classQuantiles: classes(2), testReport: { featureNormMean: 4 } },
  ]);

  it("they are the medians over the classes of the reported epochs, classes without one left out", () => {
    assert.deepEqual(medianDeathTimes(run, "test"), [
      { epoch: 1, time: 2 },
      { epoch: 2, time: 5 },
      { epoch: 4, time: 2 },
    ]);
    const { peak, last } = peakDeathTime(run, "union");
    assert.deepEqual([peak.epoch, last.epoch], [2, 4]);
  });

  it("the relative one is divided by the mean norm of the test features", () => {
    assert.equal(relativeDeathTime(run), 0.5);
  });
});
