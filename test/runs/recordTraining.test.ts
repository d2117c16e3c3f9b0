import assert from "node:assert/strict";
import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { selectBackend } from "../../src/backend/selectBackend";
import { deathTimes } from "../../src/metrics/topology/deathTimes";
import { estimateConnectivity } from "../../src/metrics/topology/estimateConnectivity";
import { centeredClassMeans, classStatistics } from "../../src/metrics/collapse/classStatistics";
import { Random } from "../../src/numerics/random";
import { frobeniusNorm } from "../../src/numerics/vectors";
import { completeRuns } from "../../src/runs/completeRuns";
import { recordTraining } from "../../src/runs/recordTraining";
import { connectedCore } from "../../src/training/evaluation/connectedCore";
import { scaledClasses, type ScaledClasses } from "../../src/training/evaluation/scaledClasses";
import { assertClose } from "../support/assertClose";
import { TEST_BACKEND } from "../support/backend";
import { testedRun } from "../support/records";
import { tinyConfig, tinyData } from "../support/tinyRun";

describe("recordTraining", function () {
  this.timeout(60000);
  const data = tinyData();
  const backend = () => selectBackend(TEST_BACKEND);

  it("the record grows by an epoch a call and is complete at the end, with the state's network", async () => {
    const seen: [number, string][] = [];
    let classes: ScaledClasses | undefined;
    const record = await recordTraining({ ...tinyConfig, epochs: 2 }, data, await backend(), {
      onEpoch: async ({ epochs, status }, { network }) => {
        seen.push([epochs.length, status]);
        classes = await scaledClasses(network, data.test);
      },
    });
    assert.deepEqual(seen, [
      [1, "running"],
      [2, "complete"],
    ]);
    assert.deepEqual([record.status, record.epochs.length], ["complete", 2]);
    assert.equal(record.split, data.split);
    const { features, labels, dim } = classes!;
    const means = centeredClassMeans(classStatistics(features, labels, dim, 10));
    assertClose([frobeniusNorm(means)], [Math.sqrt(10)], 1e-5);
  });

  it("a signal stops it, and the finished epochs are in the record", async () => {
    const stop = new AbortController();
    const record = await recordTraining(tinyConfig, data, await backend(), {
      signal: stop.signal,
      onEpoch: () => stop.abort(),
    });
    assert.deepEqual([record.status, record.epochs.length], ["interrupted", 1]);
  });
});

describe("completeRuns", () => {
  it("has the complete runs of a preset and of regularizers, or names what is missing", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-test-"));
    try {
      const runs = [
        testedRun("vanilla", 0, 0.5),
        testedRun("sliding", 0, 0.5),
        { ...testedRun("hofer", 0, 0.5), status: "interrupted" },
      ];
      runs.forEach((run, i) => {
        mkdirSync(path.join(folder, `${i}`));
        writeFileSync(path.join(folder, `${i}`, "record.json"), JSON.stringify(run));
      });
      const names = async (selection: object) =>
        (await completeRuns(folder, selection)).map(({ record }) => record.config.regularizer);
      assert.deepEqual(await names({}), ["vanilla", "sliding"]);
      assert.deepEqual(await names({ preset: "mnist-250", regularizers: ["sliding"] }), [
        "sliding",
      ]);
      await assert.rejects(
        names({ regularizers: ["hofer"] }),
        /complete runs of hofer in .*, got none/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("connectedCore", () => {
  const features = Float32Array.from({ length: 40 }, (_, i) => i);
  const options = { subBatchSize: 4, draws: 50, random: new Random(0, "core") };

  it("takes the smallest beta that connects the sub-batches, and the mass is above the bound", () => {
    const longest = Math.max(...deathTimes(features, 1));
    const estimates = estimateConnectivity(features, 1, { ...options, betas: [longest / 2, 100] });
    const core = connectedCore(features, 1, estimates, { subBatchSize: 4 })!;
    assert.deepEqual([core.beta, core.l, core.measured], [100, 1, 1]);
    assert(core.bound <= core.measured);
    assert.equal(connectedCore(features, 1, estimates.slice(0, 1), { subBatchSize: 4 }), null);
  });
});
