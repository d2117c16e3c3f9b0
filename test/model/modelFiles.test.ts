import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { modelFiles, setWeights } from "../../src/model/modelFiles";
import { Network } from "../../src/model/network";
import { simpleCnnMnist } from "../../src/model/architecture";
import { Random } from "../../src/numerics/random";
import { assertRefusal, malformed, readOrRefused } from "../support/malformed";

interface Model {
  weightsManifest: [{ paths: string[]; weights: Record<string, unknown>[] }];
}

describe("setWeights", () => {
  let network: Network;
  let model: Model;
  let weights: Uint8Array;
  before(async () => {
    await tf.setBackend("cpu");
    network = new Network(simpleCnnMnist, new Random(1));
    const files = await modelFiles(network);
    const { modelTopology: _, ...rest } = JSON.parse(String(files.get("model.json"))) as Model & {
      modelTopology: object;
    };
    model = rest;
    weights = files.get("weights.bin") as Uint8Array;
  });
  after(() => network.dispose());

  const values = () =>
    [...network.parameters, ...network.statistics].map(([, value]) => String(value.dataSync()));
  const set = (json: unknown, bytes = weights) =>
    setWeights(network, JSON.stringify(json), bytes, "the/model");
  const edited = (edit: (group: Model["weightsManifest"][0]) => void) => {
    const copy = structuredClone(model);
    edit(copy.weightsManifest[0]);
    return copy;
  };

  it("setWeights sets the weights of a model that modelFiles wrote", async () => {
    const other = new Network(simpleCnnMnist, new Random(2));
    const files = await modelFiles(other);
    setWeights(
      network,
      String(files.get("model.json")),
      files.get("weights.bin") as Uint8Array,
      "the/model",
    );
    const filter = "convolution1/filter";
    assert.deepEqual(
      network.parameters.get(filter)!.dataSync(),
      other.parameters.get(filter)!.dataSync(),
    );
    set(model);
    other.dispose();
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ["no manifest", () => ({ format: "layers-model" }), /weightsManifest: .*got nothing/],
    ["an empty group", () => ({ ...model, weightsManifest: [{}] }), /\[0\]\.paths: expected/],
    [
      "a group that is null",
      () => ({ ...model, weightsManifest: [null] }),
      /\[0\]: expected an obj/,
    ],
    [
      "a second group",
      () => ({ ...model, weightsManifest: [...model.weightsManifest, ...model.weightsManifest] }),
      /weightsManifest: expected a list of one group/,
    ],
    [
      "two files",
      () => edited((g) => g.paths.push("more.bin")),
      /paths\[1\]: expected weights\.bin/,
    ],
    [
      "another file",
      () => edited((g) => (g.paths = ["../x"])),
      /paths\[0\]: expected weights\.bin/,
    ],
    ["no weights", () => edited((g) => (g.weights = null as never)), /weights: expected a list/],
    [
      "weights without a shape",
      () => edited((g) => delete g.weights[2].shape),
      /weights\[2\]\.shape: expected a list, got nothing/,
    ],
    [
      "quantized weights",
      () => edited((g) => (g.weights[0].quantization = { dtype: "uint8", min: 0, scale: 1 })),
      /weights\[0\]\.quantization: expected none/,
    ],
    [
      "weights of one name",
      () => edited((g) => (g.weights[1].name = g.weights[0].name)),
      /expected different weights/,
    ],
    ...["float16", "complex64", "string", 5, undefined].map(
      (dtype): [string, () => unknown, RegExp] => [
        `weights of the type ${dtype}`,
        () => edited((g) => (g.weights[0].dtype = dtype)),
        /weights\[0\]\.dtype: expected float32, got/,
      ],
    ),
  ];
  for (const [what, json, message] of wrong)
    it(`setWeights rejects a model with ${what}, names the file and leaves the network unchanged`, () => {
      const before = values();
      assert.throws(
        () => set(json()),
        (error: Error) => {
          assertRefusal(error, /^the\/model\/model\.json: expected a model of tfjs: /);
          assert.match(error.message, message);
          return true;
        },
      );
      assert.deepEqual(values(), before);
    });

  it("setWeights rejects weights that are not finite", () => {
    const before = values();
    const bytes = new Uint8Array(weights.length).fill(0xff);
    assert.throws(
      () => set(model, bytes),
      /^Error: the\/model\/weights\.bin: expected finite numbers, got NaN at 0/,
    );
    assert.deepEqual(values(), before);
  });

  it("setWeights accepts a malformed model only if its weights are the same", () => {
    const before = values();
    fc.assert(
      fc.property(malformed(model), ({ json, place, before: was, after: is }) => {
        const tensors = tf.memory().numTensors;
        let isSet = false;
        readOrRefused(() => {
          set(json);
          isSet = true;
        }, /^the\/model.*: expected /);
        assert.equal(tf.memory().numTensors, tensors);
        assert.deepEqual(values(), before);
        const isSame = JSON.stringify(was) === JSON.stringify(is);
        assert.ok(
          !isSet || isSame || place.endsWith("unexpected") || place === "userDefinedMetadata",
        );
      }),
      { numRuns: 300 },
    );
  });
});
