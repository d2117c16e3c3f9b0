import assert from "node:assert/strict";
import fc from "fast-check";
import { settingsJson, type ExperimentConfig } from "../../src/training/settings/config";
import { mnist250 } from "../../src/training/settings/presets";
import { runIdentity } from "../../src/runs/runIdentity";
import { constant } from "../../src/training/settings/schedules";

describe("the identity of a run", () => {
  it("is the SHA-256 of its settings as sorted JSON, and of its rows' hash", () => {
    // printf '{"settings":[["beta","constant(1)"],["labelCount",2]],"rowsHash":"00"}' | sha256sum
    const config = { labelCount: 2, beta: constant(1) } as ExperimentConfig;
    assert.equal(
      runIdentity(config, "00"),
      "0788fd560b4f9e5d9abb9222297594de5440609904e5f9fdbbef8761d02e804a",
    );
  });

  it("is that of the same settings under other names, saved at other times", () => {
    const named = { preset: "other", regularizer: "another", checkpointEvery: 77 };
    assert.equal(runIdentity({ ...mnist250, ...named }, "00"), runIdentity(mnist250, "00"));
  });

  it("does not depend on the order in which settings are written", () => {
    const entries = Object.entries(mnist250);
    const expected = runIdentity(mnist250, "00");
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        const config = Object.fromEntries(shuffled) as unknown as ExperimentConfig;
        assert.equal(runIdentity(config, "00"), expected);
      }),
    );
  });

  it("changes with the rows, and with every setting that decides a number", () => {
    const identity = runIdentity(mnist250, "00");
    assert.notEqual(runIdentity(mnist250, "01"), identity);
    const names = ["preset", "regularizer", "checkpointEvery"];
    const deciding = Object.keys(settingsJson(mnist250)).filter((name) => !names.includes(name));
    assert.ok(deciding.includes("split") && deciding.includes("seed") && deciding.includes("beta"));
    for (const name of deciding)
      assert.notEqual(runIdentity({ ...mnist250, [name]: "changed" }, "00"), identity, name);
  });
});
