import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { contentHash, decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors";
import { Random } from "../../src/numerics/random";
import { encodeCheckpoint, restoreCheckpoint } from "../../src/training/checkpoint";
import {
  disposeState,
  initialState,
  stateVariables,
  type TrainingState,
} from "../../src/training/trainingState";
import { assertRefusal, damaged, malformed, readOrRefused } from "../support/malformed";
import { tinyConfig, tinyData } from "../support/tinyRun";

describe("restoreCheckpoint", () => {
  let state: TrainingState;
  let bytes: Uint8Array;
  before(async () => {
    await tf.setBackend("cpu");
    state = initialState(tinyConfig, tinyData().train.labels);
    bytes = await encodeCheckpoint(state);
  });
  after(() => disposeState(state));

  const all = () => ({
    variables: [...stateVariables(state)].map(([name, value]) => name + String(value.dataSync())),
    epoch: state.epoch,
    terminalPhaseEpoch: state.terminalPhaseEpoch,
    sampler: state.sampler.state,
    dropout: state.dropoutRandom.state,
  });
  const whole = {
    epoch: 3,
    terminalPhaseEpoch: 2,
    sampler: { random: [1, 2, 3, -4] },
    dropoutRandom: [5, 6, 7, 8],
  };
  /** A checkpoint whose hash is right, with other progress and other weights. */
  const withProgress = (progress: unknown) => {
    const { tensors } = decodeSafetensors(bytes, "file");
    for (const { values } of tensors.values()) values.fill(0.5);
    const text = JSON.stringify(progress);
    return encodeSafetensors(tensors, { progress: text, sha256: contentHash(tensors, text) });
  };

  it("restoreCheckpoint sets weights, epochs and random numbers", () => {
    restoreCheckpoint(state, withProgress(whole), "file");
    const { variables, sampler, dropout, ...rest } = all();
    assert.match(variables[0], /0\.5/);
    assert.deepEqual(rest, { epoch: 3, terminalPhaseEpoch: 2 });
    assert.deepEqual([sampler, dropout], [whole.sampler, whole.dropoutRandom]);
    state.sampler.state = { random: new Random(0).state };
    restoreCheckpoint(state, bytes, "file");
    assert.equal(state.epoch, 0);
  });

  for (const [what, progress] of [
    ["{}", {}],
    ["[]", []],
    ["1", 1],
    ["null", null],
    ...[null, -1, 1.5, "3", 1e308, {}, []].map((epoch) => [
      `epoch ${JSON.stringify(epoch)}`,
      { ...whole, epoch },
    ]),
    ...["x", {}, 0, 4].map((terminalPhaseEpoch) => [
      `terminalPhaseEpoch ${JSON.stringify(terminalPhaseEpoch)}`,
      { ...whole, terminalPhaseEpoch },
    ]),
    ["sampler null", { ...whole, sampler: null }],
    ["a sampler of zeros", { ...whole, sampler: { random: [0, 0, 0, 0] } }],
    ["dropoutRandom of fractions", { ...whole, dropoutRandom: [0.5, 1, 2, 3] }],
  ] as [string, unknown][])
    it(`restoreCheckpoint rejects the progress ${what} and leaves the state`, () => {
      const earlier = all();
      assert.throws(
        () => restoreCheckpoint(state, withProgress(progress), "the/file"),
        (error: Error) => {
          assertRefusal(error, /^the\/file: expected the progress of a run: .*expected .*, got /);
          return true;
        },
      );
      assert.deepEqual(all(), earlier);
    });

  it("restoreCheckpoint takes malformed progress only if every number is of its kind", () => {
    const earlier = all();
    fc.assert(
      fc.property(malformed(whole), ({ json, place, before, after }) => {
        const read = readOrRefused(() => {
          restoreCheckpoint(state, withProgress(json), "the/file");
          return all();
        }, /^the\/file: expected the progress of a run: /);
        if (read === undefined) return assert.deepEqual(all(), earlier);
        restoreCheckpoint(state, bytes, "the/file");
        const isNull = place === "terminalPhaseEpoch" && after === null;
        const isNumber = Number.isInteger(after) && typeof before === "number";
        assert.ok(isNull || isNumber || place.endsWith("unexpected"), place);
      }),
      { numRuns: 100 },
    );
  });

  it("restoreCheckpoint rejects a damaged file by name and leaves the state", () => {
    const earlier = all();
    fc.assert(
      fc.property(damaged(bytes), (changed) => {
        const read = readOrRefused(() => {
          restoreCheckpoint(state, changed, "the/file");
          return true;
        }, /^the\/file: /);
        if (read === undefined) assert.deepEqual(all(), earlier);
        else assert.deepEqual(changed, Buffer.from(bytes));
      }),
      { numRuns: 60 },
    );
  });
});
