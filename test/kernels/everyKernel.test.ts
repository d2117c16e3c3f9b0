import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import { assertArraysClose } from "./backends";
import { kernelCases, type KernelCase, type Operand } from "./everyKernel";

/** What a canary holds, and what lies where a result will be. */
const [CANARY, OLD] = [12345.5, 1e30];

interface Result {
  readonly shape: number[];
  readonly values: number[];
}

function operand({ shape, dtype = "float32", below }: Operand, seed: number): tf.Tensor {
  const random = new Random(seed, "fuzz");
  const length = shape.reduce((product, n) => product * n, 1);
  const value = () => (below === undefined ? 2 * random.uniform() - 1 : random.integer(below));
  return tf.tensor(Array.from({ length }, value), shape, dtype);
}

/** Calls a kernel, and reads and frees its result. */
function run({
  kernel,
  inputs,
  attrs,
}: Pick<KernelCase, "kernel" | "attrs"> & { inputs: object }): Result {
  const result = tf
    .engine()
    .runKernel(kernel, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);
  const tensor = result as unknown as tf.Tensor;
  const values = Array.from(tensor.dataSync());
  tf.dispose(tensor);
  return { shape: tensor.shape, values };
}

const canary = (length: number) => {
  const tensor = tf.fill([length], CANARY);
  tensor.dataSync();
  return tensor;
};

/** A call's result, once it is sure that it neither depends on old memory nor writes outside. */
function guarded(one: KernelCase): Result {
  const operands = Object.entries(one.inputs).map(
    ([name, each], i) => [name, operand(each, i)] as const,
  );
  const given = Object.fromEntries(
    operands.map(([name, tensor]) => [name, tensor.dataSync().slice()]),
  );
  const inputs =
    one.kernel === "Einsum" ? operands.map(([, tensor]) => tensor) : Object.fromEntries(operands);
  const call = { ...one, inputs };
  const before = tf.memory();
  const canaries: tf.Tensor[] = [];
  try {
    const first = run(call);
    assert.equal(tf.memory().numDataBuffers, before.numDataBuffers, "data left behind");
    // A hole for the result, between canaries, with something in it.
    canaries.push(canary(64));
    const hole = tf.fill([Math.max(1, first.values.length)], OLD);
    hole.dataSync();
    canaries.push(canary(64));
    hole.dispose();
    assert.deepEqual(run(call), first, "depends on what was in memory");
    return first;
  } finally {
    for (const tensor of canaries)
      assert.ok(
        tensor.dataSync().every((value) => value === CANARY),
        "wrote outside its tensor",
      );
    for (const [name, tensor] of operands)
      assert.deepEqual(tensor.dataSync(), given[name], "changed its input");
    tf.dispose([...canaries, ...operands.map(([, tensor]) => tensor)]);
  }
}

async function onCpu(one: KernelCase): Promise<Result> {
  await selectBackend("cpu");
  const operands = Object.entries(one.inputs).map(
    ([name, each], i) => [name, operand(each, i)] as const,
  );
  const inputs =
    one.kernel === "Einsum" ? operands.map(([, tensor]) => tensor) : Object.fromEntries(operands);
  const result = run({ kernel: one.kernel, inputs, attrs: one.onCpu as KernelCase["attrs"] });
  tf.dispose(operands.map(([, tensor]) => tensor));
  return result;
}

/** A case with one of its inputs or attributes changed, so that it may not fit any more. */
function broken(one: KernelCase, choice: number, by: number): KernelCase {
  const names = Object.keys(one.inputs);
  const name = names[choice % names.length];
  const { shape, ...rest } = one.inputs[name];
  const at = choice % Math.max(1, shape.length);
  const shapes = [
    shape.map((n, i) => (i === at ? n + 1 : n)),
    shape.map((n, i) => (i === at ? Math.max(0, n - 1) : n)),
    [...shape, 2],
    shape.slice(1),
    shape.map((n, i) => (i === at ? 3 * n + 2 : n)),
  ];
  const bad = [0, -1, 1.5, NaN][choice % 4];
  const attributes: Record<string, unknown>[] = [
    { strides: bad },
    { pad: -1 },
    { filterSize: bad, reps: [bad] },
    { numSegments: bad, axis: 9, batchDims: 9 },
    { filterShape: [1, 2, 3, 4], inputShape: [1, 2, 3, 4] },
  ];
  if (by % 2 === 0)
    return {
      ...one,
      inputs: { ...one.inputs, [name]: { shape: shapes[by % shapes.length], ...rest } },
    };
  const changed = attributes[by % attributes.length];
  const known = Object.entries(changed).filter(([key]) => key in one.attrs);
  return { ...one, attrs: { ...one.attrs, ...Object.fromEntries(known) } };
}

describe("every kernel of tfjs from this project", () => {
  for (const [kernel, cases] of Object.entries(kernelCases)) {
    it(`${kernel} equals the cpu backend's for any shapes, and stays inside its tensors`, () =>
      fc.assert(
        fc.asyncProperty(cases, async (one) => {
          await selectBackend("wasm");
          const actual = guarded(one);
          if (one.onCpu === "none") return;
          const expected = await onCpu(one);
          assert.deepEqual(actual.shape, expected.shape);
          assertArraysClose([actual.values], [expected.values], 1e-5);
        }),
        { numRuns: 60, seed: 1 },
      ));

    it(`${kernel} rejects invalid input with kernel, argument, expected and actual value`, () =>
      fc.assert(
        fc.asyncProperty(cases, fc.nat(99), fc.nat(99), async (one, choice, by) => {
          await selectBackend("wasm");
          const call = broken(one, choice, by);
          try {
            guarded(call);
          } catch (error) {
            if (error instanceof assert.AssertionError) throw error;
            // Equations are checked by tfjs, which has its own messages.
            if (kernel === "Einsum") return;
            assert.ok(error instanceof RangeError, (error as Error).stack);
            assert.match(error.message, / on the wasm backend: expected .+, got /);
          }
        }),
        { numRuns: 100, seed: 1 },
      ));
  }
});
