import assert from "node:assert/strict";
import fc from "fast-check";
import { settingsJson, type ExperimentConfig } from "../../src/training/settings/config";
import { mnist250, PRESETS, regularizersFor } from "../../src/training/settings/presets";
import { runIdentity } from "../../src/runs/runIdentity";
import { constant } from "../../src/training/settings/schedules";

describe("the identity of a run", () => {
  it("runIdentity is the SHA-256 of the settings as sorted JSON with the rows' hash", () => {
    // printf '{"settings":[["beta","constant(1)"],["labelCount",2]],"rowsHash":"00"}' | sha256sum
    const config = { labelCount: 2, beta: constant(1) } as ExperimentConfig;
    assert.equal(
      runIdentity(config, "00"),
      "0788fd560b4f9e5d9abb9222297594de5440609904e5f9fdbbef8761d02e804a",
    );
  });

  // Computed at commit dc7680a. Only a new setting may change them.
  for (const [preset, regularizer, identity] of [
    ["mnist-250", "sliding", "232165e21896c70cbb3486684cd1848b0762ec1a702478318f232ffd6795238f"],
    [
      "svhn-250-quarter",
      "hofer",
      "561a49b282e404d83ca41487c52a6919281399782de1d391c0c6259f2dcc10a0",
    ],
    [
      "cifar10-1000",
      "center-loss",
      "328e1eac62922fd650892cb9428e71f891ed0cca7ea5116bf59c02a021ffe80e",
    ],
  ] as const)
    it(`the identity of ${preset} ${regularizer} stays the same from version to version`, () => {
      const { config } = PRESETS[preset];
      const { difference } = regularizersFor(config)[regularizer];
      const run = { ...config, ...difference, split: 3, seed: 1 };
      assert.equal(runIdentity(run, "00"), identity);
    });

  it("runIdentity changes with layerTestCount, and is unchanged if it is off", () => {
    const off = { ...mnist250, layerTestCount: undefined };
    assert.equal(runIdentity(off, "00"), runIdentity(mnist250, "00"));
    const on = { ...mnist250, layerTestCount: 200 };
    assert.notEqual(runIdentity(on, "00"), runIdentity(mnist250, "00"));
  });

  it("runIdentity ignores a run's names and its checkpoint interval", () => {
    const named = { preset: "other", regularizer: "another", checkpointEvery: 77 };
    assert.equal(runIdentity({ ...mnist250, ...named }, "00"), runIdentity(mnist250, "00"));
  });

  it("runIdentity does not depend on the order of the settings", () => {
    const entries = Object.entries(mnist250);
    const expected = runIdentity(mnist250, "00");
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        const config = Object.fromEntries(shuffled) as unknown as ExperimentConfig;
        assert.equal(runIdentity(config, "00"), expected);
      }),
    );
  });

  it("runIdentity changes with the rows and with every setting that affects a number", () => {
    const identity = runIdentity(mnist250, "00");
    assert.notEqual(runIdentity(mnist250, "01"), identity);
    const names = ["preset", "regularizer", "checkpointEvery"];
    const deciding = Object.keys(settingsJson(mnist250)).filter((name) => !names.includes(name));
    assert.ok(deciding.includes("split") && deciding.includes("seed") && deciding.includes("beta"));
    for (const name of deciding)
      assert.notEqual(runIdentity({ ...mnist250, [name]: "changed" }, "00"), identity, name);
  });
});
