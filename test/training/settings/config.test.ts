import assert from "node:assert/strict";
import { configDifferences, type ExperimentConfig } from "../../../src/training/settings/config";
import { mnist250, mnist250AsCoded } from "../../../src/training/settings/presets";
import type { Schedule } from "../../../src/training/settings/schedules";

describe("a config", () => {
  it("configDifferences lists the settings that differ, except for checkpointing", () => {
    assert.deepEqual(configDifferences(mnist250, mnist250), []);
    assert.deepEqual(configDifferences(mnist250, { ...mnist250, checkpointEvery: 1 }), []);
    assert.deepEqual(configDifferences(mnist250, mnist250AsCoded), [
      { setting: "preset", a: "mnist-250", b: "mnist-250-as-coded" },
      { setting: "weightDecay", a: "0.001", b: "0.01" },
      { setting: "metric", a: "L2", b: "L1" },
    ]);
  });

  it("the settings table types a config: a choice accepts only its texts, a schedule no number", () => {
    const beta: Schedule = mnist250.beta;
    const metric: "L1" | "L2" | "LInfinity" | `L${number}` = mnist250.metric;
    const shape: "absolute" | "hinge" | "squared" = mnist250.shape;
    assert.ok([beta, metric, shape].every((value) => value !== undefined));
    // @ts-expect-error A text that is not among the choices.
    ({ penalty: "lasso" }) satisfies Partial<ExperimentConfig>;
    // @ts-expect-error A number is not a schedule.
    ({ learningRate: 0.1 }) satisfies Partial<ExperimentConfig>;
    // @ts-expect-error Not a setting.
    ({ depth: 3 }) satisfies Partial<ExperimentConfig>;
  });
});
