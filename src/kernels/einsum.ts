import * as tf from "@tensorflow/tfjs-core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { checkNumbers, refuse, sizeOf } from "./checks";
import { composed } from "./composed";
import type { WasmKernel } from "./wasmMemory";

interface Equation {
  /** The labels of each operand's dimensions. */
  readonly operands: string[][];
  readonly result: string[];
}

/** An equation such as "ij,jk->ik", whose operands have no label twice. */
function equationOf(equation: string, shapes: readonly (readonly number[])[]): Equation {
  // tfjs's own checks and messages.
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, shapes.length);
  const tensors = shapes.map((shape) => ({ shape }) as tf.Tensor);
  shapes.forEach((shape, i) => {
    if (shape.length !== idDims[i].length)
      refuse("Einsum", `tensors[${i}]`, `of ${idDims[i].length} dimensions`, [...shape]);
  });
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
  const [left, right] = equation.replace(/\s/g, "").split("->");
  const result = [...right];
  if (new Set(result).size < result.length)
    refuse("Einsum", "equation", "without a label twice in its result", equation);
  return { operands: left.split(",").map((labels) => [...labels]), result };
}

/**
 * `Einsum` of tfjs for one or two operands: sums over the labels of one operand alone, then a product
 * of matrices, then a transposition.
 */
export const einsum: WasmKernel = ({ inputs, attrs, backend }) => {
  const tensors = Object.values(inputs);
  tensors.forEach((tensor, i) => checkNumbers("Einsum", `tensors[${i}]`, tensor));
  const shapes = tensors.map(({ shape }) => shape);
  const { operands, result } = equationOf(attrs.equation as string, shapes);
  const isInteger = tensors.every(({ dtype }) => dtype === "int32");
  const [labelsA, labelsB = []] = operands;
  const sizes = new Map(
    operands.flatMap((labels, i) => labels.map((label, j) => [label, shapes[i][j]] as const)),
  );
  const sizeOfLabels = (labels: readonly string[]) => sizeOf(labels.map((l) => sizes.get(l)!));
  return composed(backend, ({ run, reshaped, floats }) => {
    /** An operand with its dimensions in the order of `labels`, summed over the others. */
    const ordered = (tensor: TensorInfo, from: string[], labels: string[]): TensorInfo => {
      const axis = from.flatMap((label, i) => (labels.includes(label) ? [] : [i]));
      const rest = from.filter((label) => labels.includes(label));
      const x = isInteger ? tensor : floats(tensor);
      const sum = axis.length === 0 ? x : run("Sum", { x }, { axis, keepDims: false });
      const perm = labels.map((label) => rest.indexOf(label));
      return perm.every((from, to) => from === to)
        ? run("Identity", { x: sum })
        : run("Transpose", { x: sum }, { perm });
    };
    if (tensors.length === 1) return ordered(tensors[0], labelsA, result);
    const inB = (label: string) => labelsB.includes(label);
    const batch = result.filter((label) => labelsA.includes(label) && inB(label));
    const onlyA = result.filter((label) => !inB(label));
    const onlyB = result.filter((label) => !labelsA.includes(label));
    const summed = labelsA.filter((label) => inB(label) && !result.includes(label));
    const matrices = (index: number, labels: string[], groups: string[][]) =>
      reshaped(ordered(tensors[index], labels, groups.flat()), groups.map(sizeOfLabels));
    const a = matrices(0, labelsA, [batch, onlyA, summed]);
    const b = matrices(1, labelsB, [batch, summed, onlyB]);
    const product = run("BatchMatMul", { a, b }, { transposeA: false, transposeB: false });
    const labels = [...batch, ...onlyA, ...onlyB];
    const y = reshaped(
      product,
      labels.map((label) => sizes.get(label)!),
    );
    return ordered(y, labels, result);
  });
};

/**
 * Gives `tf.einsum` a gradient, which tfjs has on no backend: the gradient by an operand is the
 * einsum of dy and the other operand, repeated along the labels that only this operand has.
 */
export function registerEinsumGradient(): void {
  if (tf.getGradient("Einsum") !== undefined) return;
  tf.registerGradient({
    kernelName: "Einsum",
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const equation = attrs.equation as string;
      const shapes = saved.map(({ shape }) => shape);
      const { operands, result } = equationOf(equation, shapes);
      const gradientBy = (i: number) => () => {
        const others = operands.flatMap((labels, j) =>
          j === i ? [] : [{ labels, tensor: saved[j] }],
        );
        const given = [result, ...others.map(({ labels }) => labels)];
        const kept = operands[i].filter((label) => given.some((labels) => labels.includes(label)));
        const reverse = `${given.map((labels) => labels.join("")).join(",")}->${kept.join("")}`;
        const tensors = others.map(({ tensor }) => tensor);
        const gradient = tf.einsum(reverse, dy as tf.Tensor, ...tensors);
        const spread = operands[i].map((label, j) => (kept.includes(label) ? shapes[i][j] : 1));
        return tf.broadcastTo(tf.reshape(gradient, spread), shapes[i]);
      };
      return Object.fromEntries(saved.map((_, i) => [String(i), gradientBy(i)]));
    },
  });
}
