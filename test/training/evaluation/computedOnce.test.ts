import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import type { ExperimentConfig } from "../../../src/training/settings/config";

interface Counted {
  readonly report: boolean;
  readonly test: boolean;
  readonly validation: boolean;
  /** The calls of an epoch, such as "nearestClassCenters of 40". */
  readonly calls: readonly string[];
}

/** An epoch of the compiled build on 30 images, with a test set of 40 and 20 of validation. */
function countedEpoch(settings: Partial<ExperimentConfig>): Counted {
  const script = path.join(__dirname, "countedEpoch.ts");
  const args = ["--require", "tsx/cjs", script, JSON.stringify(settings)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Counted;
}

describe("quantities that several measures share", () => {
  it("an epoch with a report computes each shared quantity once per set", () => {
    const { calls, ...has } = countedEpoch({ reportCount: 1 });
    assert.deepEqual(has, { report: true, test: true, validation: true });
    assert.deepEqual([...calls].sort(), [
      "betweenClassEigenvalues of 30",
      "betweenClassEigenvalues of 40",
      "centeredClassMeans of 30, globalMean",
      "centeredClassMeans of 30, meanOfClassMeans",
      "centeredClassMeans of 40, globalMean",
      "centeredClassMeans of 40, meanOfClassMeans",
      "centeredFeatures of 30",
      "centeredFeatures of 40",
      "classStatisticsOfBatches of 30",
      "classStatisticsOfBatches of 40",
      "nearestClassCenters of 20",
      "nearestClassCenters of 30",
      "nearestClassCenters of 40",
      "predictedClasses of 20",
      "predictedClasses of 30",
      "predictedClasses of 40",
      "withBias of 30",
      "withBias of 40",
      "withinClassEigenvalues of 30",
      "withinClassEigenvalues of 40",
    ]);
  });

  it("an epoch without a report computes only the quantities that its record needs", () => {
    const { calls, ...has } = countedEpoch({ reportCount: 0 });
    assert.deepEqual(has, { report: false, test: true, validation: true });
    assert.deepEqual([...calls].sort(), [
      "centeredClassMeans of 30, meanOfClassMeans",
      "classStatisticsOfBatches of 30",
      "nearestClassCenters of 20",
      "nearestClassCenters of 30",
      "nearestClassCenters of 40",
      "predictedClasses of 20",
      "predictedClasses of 30",
      "predictedClasses of 40",
    ]);
  });
});
