import * as fc from "fast-check";
import type { DataType } from "@tensorflow/tfjs";

/** A tensor of a case: its shape, and its type if that is not float32. */
export interface Operand {
  readonly shape: number[];
  readonly dtype?: DataType;
  /** Integers from 0 to below this in place of numbers from -1 to 1. */
  readonly below?: number;
}

/** A call of a kernel. */
export interface KernelCase {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Operand>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /**
   * Attributes with which tfjs's cpu backend computes the same; "none" where it cannot. Padding
   * stands as numbers in it, since it takes the first direction's filter and stride for all if the
   * padding is one number, and leaves out the dilation.
   */
  readonly onCpu?: Readonly<Record<string, unknown>> | "none";
}

type Pair = [number, number];
const size = (least: number, most: number) => fc.integer({ min: least, max: most });
const some = <T>(...values: T[]) => fc.constantFrom(...values);

interface Side {
  readonly size: number;
  readonly length: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: Pair;
}

const sideOf = (dilations: readonly number[]) =>
  fc.record({
    size: size(1, 9),
    length: size(1, 4),
    stride: size(1, 4),
    dilation: some(...dilations),
    pads: fc.tuple(size(0, 2), size(0, 2)),
  });

/** How many windows TensorFlow counts, and the padding that it takes. */
function windows(side: Side, pad: unknown, mode?: string): { count: number; pads: Pair } {
  const reach = (side.length - 1) * side.dilation + 1;
  if (pad === "same") {
    const count = Math.ceil(side.size / side.stride);
    const total = Math.max(0, (count - 1) * side.stride + reach - side.size);
    return { count, pads: [Math.floor(total / 2), Math.ceil(total / 2)] };
  }
  const pads: Pair = pad === "valid" ? [0, 0] : typeof pad === "number" ? [pad, pad] : side.pads;
  const steps = (side.size + pads[0] + pads[1] - reach) / side.stride;
  return { count: (mode === "ceil" ? Math.ceil(steps) : Math.floor(steps)) + 1, pads };
}

const explicit = (rows: Pair, columns: Pair) => [[0, 0], rows, columns, [0, 0]];

const images = (dilations: readonly number[]) =>
  fc
    .record({
      rows: sideOf(dilations),
      columns: sideOf(dilations),
      count: size(0, 3),
      channels: size(1, 9),
      outChannels: size(1, 9),
      pad: some<unknown>("same", "valid", 0, 1, "explicit"),
      mode: some(undefined, "floor", "ceil"),
      dataFormat: some("NHWC", "NHWC", "NHWC", "NCHW"),
    })
    .map((one) => {
      const mode = typeof one.pad === "string" && one.pad !== "explicit" ? undefined : one.mode;
      const [rows, columns] = [one.rows, one.columns].map((side) => windows(side, one.pad, mode));
      const pads = explicit(rows.pads, columns.pads);
      return {
        ...one,
        attrs: {
          strides: [one.rows.stride, one.columns.stride] as Pair,
          pad: one.pad === "explicit" ? explicit(one.rows.pads, one.columns.pads) : one.pad,
          dimRoundingMode: mode,
        },
        dilations: [one.rows.dilation, one.columns.dilation] as Pair,
        cpuPad: pads,
        outs: [rows.count, columns.count] as Pair,
      };
    })
    .filter(({ outs }) => Math.min(...outs) >= 0);

type Images = typeof images extends (...args: never[]) => fc.Arbitrary<infer T> ? T : never;

/** A shape, or a padding, of images in the data format of the case. */
const inFormat = <T>({ dataFormat }: Images, nhwc: T[]): T[] =>
  dataFormat === "NCHW" ? [nhwc[0], nhwc[3], nhwc[1], nhwc[2]] : nhwc;

/** Padding "same" and "valid" of cpu are right, and it has no gradients with padding as numbers. */
function convolutionCase(one: Images, kernel: string): KernelCase {
  const { count, rows, columns, channels, outChannels, outs, dataFormat } = one;
  const x = { shape: inFormat(one, [count, rows.size, columns.size, channels]) };
  const filter = { shape: [rows.length, columns.length, channels, outChannels] };
  const y = { shape: inFormat(one, [count, ...outs, outChannels]) };
  const pad = Array.isArray(one.attrs.pad) ? inFormat(one, one.attrs.pad) : one.attrs.pad;
  const attrs = { ...one.attrs, pad, dataFormat, dilations: one.dilations };
  const onCpu = { ...attrs, pad: inFormat(one, one.cpuPad) };
  if (kernel === "Conv2DBackpropInput") {
    const inputShape = x.shape;
    const [ours, cpu] = [attrs, onCpu].map((each) => ({ ...each, inputShape }));
    return { kernel, inputs: { dy: y, filter }, attrs: ours, onCpu: cpu };
  }
  if (kernel === "Conv2DBackpropFilter") {
    const filterShape = filter.shape;
    const [ours, cpu] = [attrs, onCpu].map((each) => ({ ...each, filterShape }));
    return { kernel, inputs: { x, dy: y }, attrs: ours, onCpu: cpu };
  }
  return { kernel, inputs: { x, filter }, attrs, onCpu };
}

function fusedCase(one: Images, kernel: string, kind: number, activation: string): KernelCase {
  const isDepthwise = kernel === "FusedDepthwiseConv2D";
  const plain = isDepthwise ? depthwiseCase(one, kernel) : convolutionCase(one, kernel);
  const multiplier = isDepthwise ? one.channels : 1;
  const channels = multiplier * plain.inputs.filter.shape[3];
  const perChannel = one.dataFormat === "NCHW" && !isDepthwise ? [channels, 1, 1] : [channels];
  const shapes = [undefined, [channels], [], perChannel, [1]];
  const bias = shapes[kind % shapes.length];
  const alpha = [perChannel, [1], [1, 1, 1]][kind % 3];
  const fused = { activation, leakyreluAlpha: 0.3 };
  return {
    kernel,
    inputs: {
      ...plain.inputs,
      ...(bias && { bias: { shape: bias } }),
      ...(activation === "prelu" && { preluActivationWeights: { shape: alpha } }),
    },
    attrs: { ...plain.attrs, ...fused },
    onCpu: { ...(plain.onCpu as object), ...fused },
  };
}

function depthwiseCase(one: Images, kernel: string): KernelCase {
  const { count, rows, columns, channels, outChannels, outs, attrs, cpuPad } = one;
  const multiplier = 1 + (outChannels % 3);
  const x = { shape: [count, rows.size, columns.size, channels] };
  const filter = { shape: [rows.length, columns.length, channels, multiplier] };
  const y = { shape: [count, ...outs, channels * multiplier] };
  const ours = {
    ...attrs,
    dilations: one.dilations,
    inputShape: x.shape,
    filterShape: filter.shape,
  };
  // The cpu backend rejects strides with dilations, as tfjs's op does.
  const isBoth = Math.max(...attrs.strides) > 1 && Math.max(...one.dilations) > 1;
  const onCpu = isBoth ? ("none" as const) : { ...ours, pad: cpuPad };
  if (kernel.endsWith("BackpropInput"))
    return { kernel, inputs: { dy: y, filter }, attrs: ours, onCpu };
  if (kernel.endsWith("BackpropFilter"))
    return { kernel, inputs: { x, dy: y }, attrs: ours, onCpu };
  return { kernel, inputs: { x, filter }, attrs: ours, onCpu };
}

/**
 * The cpu backend divides an average's gradient by the whole window: another test has that. And it
 * takes a pool of 1 x 1 whose output has the input's shape for the input, whatever its stride. The
 * mean of a window that is all padding is NaN there.
 */
function poolCase(one: Images, kernel: string): KernelCase {
  const { count, rows, columns, channels, outs, attrs, cpuPad } = one;
  const x = { shape: [count, rows.size, columns.size, channels] };
  const ours = { ...attrs, filterSize: [rows.length, columns.length] };
  const y = { shape: [count, ...outs, channels] };
  const isAllPadding = [rows, columns].some((side, i) => {
    const before = cpuPad[i + 1][0];
    return side.length <= before || (outs[i] - 1) * side.stride - before >= side.size;
  });
  const isOne = Math.max(rows.length, columns.length) === 1;
  const isWrong = kernel === "AvgPoolGrad" || isOne || isAllPadding;
  const onCpu = isWrong ? ("none" as const) : { ...ours, pad: cpuPad };
  if (kernel.endsWith("Grad"))
    return { kernel, inputs: { dy: y, input: x, output: y }, attrs: ours, onCpu };
  return { kernel, inputs: { x }, attrs: ours, onCpu };
}

const volumes = fc
  .record({
    sides: fc.tuple(sideOf([1]), sideOf([1]), sideOf([1])),
    count: size(0, 2),
    channels: size(1, 5),
    outChannels: size(1, 5),
    pad: some<"same" | "valid">("same", "valid"),
  })
  .map((one) => ({ ...one, outs: one.sides.map((side) => windows(side, one.pad).count) }))
  .filter(({ outs }) => Math.min(...outs) > 0);
type Volumes = typeof volumes extends fc.Arbitrary<infer T> ? T : never;

function volumeCase(one: Volumes, kernel: string): KernelCase {
  const { sides, count, channels, outChannels, outs, pad } = one;
  const lengths = sides.map(({ length }) => length);
  const strides = sides.map(({ stride }) => stride);
  const x = { shape: [count, ...sides.map((side) => side.size), channels] };
  const filter = { shape: [...lengths, channels, outChannels] };
  const isPool = kernel.includes("Pool");
  const y = { shape: [count, ...outs, isPool ? channels : outChannels] };
  const attrs = {
    ...{ strides, pad, dataFormat: "NDHWC", inputShape: x.shape, filterShape: filter.shape },
    ...(isPool ? { filterSize: lengths } : { dilations: [1, 1, 1] }),
  };
  // The cpu backend's padding is negative where the stride is beyond the filter, and it finds the
  // largest value's column by the filter's height.
  const isBeyond = pad === "same" && sides.some(({ stride, length }) => stride > length);
  const isUneven = kernel === "MaxPool3DGrad" && lengths[1] !== lengths[2];
  const isWrong = isBeyond || isUneven || kernel === "AvgPool3DGrad";
  const onCpu = isWrong ? ("none" as const) : attrs;
  const inputs: Record<string, Record<string, Operand>> = {
    Conv3D: { x, filter },
    Conv3DBackpropInputV2: { dy: y, filter },
    Conv3DBackpropFilterV2: { x, dy: y },
    MaxPool3D: { x },
    AvgPool3D: { x },
    MaxPool3DGrad: { dy: y, input: x, output: y },
    AvgPool3DGrad: { dy: y, input: x },
  };
  return { kernel, inputs: inputs[kernel], attrs, onCpu };
}

const shape = (least: number, most: number, smallest = 1) =>
  fc.array(size(smallest, 4), { minLength: least, maxLength: most });

const matrices = fc
  .record({
    sizes: fc.tuple(size(1, 9), size(0, 9), size(1, 17)),
    lead: shape(1, 2),
    mask: fc.tuple(fc.boolean(), fc.boolean()),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    isInteger: some(false, false, true),
  })
  .map(({ sizes: [rows, inner, columns], lead, mask, transposeA, transposeB, isInteger }) => {
    const numbers = isInteger ? ({ dtype: "int32", below: 100 } as const) : {};
    const [leadA, leadB] = mask.map((isOne) => lead.map((n) => (isOne ? 1 : n)));
    const a = [...leadA, ...(transposeA ? [inner, rows] : [rows, inner])];
    const b = [...leadB, ...(transposeB ? [columns, inner] : [inner, columns])];
    const attrs = { transposeA, transposeB };
    return { inputs: { a: { shape: a, ...numbers }, b: { shape: b, ...numbers } }, attrs, columns };
  });

const dilations = images([1, 2]).filter(({ outs, count }) => Math.min(...outs, count) > 0);

/** Cases of every kernel of tfjs that the backend gets from this project. */
export const kernelCases: Readonly<Record<string, fc.Arbitrary<KernelCase>>> = {
  ...of(["Conv2D"], images([1, 2]), convolutionCase),
  ...of(["Conv2DBackpropInput", "Conv2DBackpropFilter"], images([1]), convolutionCase),
  ...of(["DepthwiseConv2dNative"], images([1, 2]), depthwiseCase),
  ...of(
    ["DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"],
    images([1]),
    depthwiseCase,
  ),
  ...of(
    ["FusedConv2D", "FusedDepthwiseConv2D"],
    fc.tuple(
      images([1]),
      size(0, 14),
      some("linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"),
    ),
    ([one, kind, activation], kernel) => fusedCase(one, kernel, kind, activation),
  ),
  ...of(["MaxPool", "AvgPool", "MaxPoolGrad", "AvgPoolGrad"], images([1]), poolCase),
  ...of(
    [
      "Conv3D",
      "Conv3DBackpropInputV2",
      "Conv3DBackpropFilterV2",
      "MaxPool3D",
      "AvgPool3D",
      "MaxPool3DGrad",
      "AvgPool3DGrad",
    ],
    volumes,
    volumeCase,
  ),
  ...of(
    ["Dilation2D", "Dilation2DBackpropInput", "Dilation2DBackpropFilter"],
    dilations,
    (one, kernel) => {
      const { count, rows, columns, channels, outs } = one;
      const attrs = { strides: one.attrs.strides, dilations: one.dilations };
      // The cpu backend has no explicit padding there, and gives the gradient of a window of padding
      // alone, which dilation makes, to the input's first position.
      const isForward = kernel === "Dilation2D";
      const isWrong =
        Array.isArray(one.attrs.pad) || (!isForward && Math.max(...one.dilations) > 1);
      return {
        kernel,
        inputs: {
          x: { shape: [count, rows.size, columns.size, channels] },
          filter: { shape: [rows.length, columns.length, channels] },
          ...(!isForward && { dy: { shape: [count, ...outs, channels] } }),
        },
        attrs: { ...attrs, pad: one.attrs.pad, dimRoundingMode: one.attrs.dimRoundingMode },
        onCpu:
          isWrong || typeof one.attrs.pad === "number" ? "none" : { ...attrs, pad: one.attrs.pad },
      };
    },
  ),
  ...of(["BatchMatMul"], matrices, ({ inputs, attrs }, kernel): KernelCase => ({
    kernel,
    inputs,
    attrs,
    onCpu: attrs,
  })),
  ...of(
    ["_FusedMatMul"],
    fc.tuple(matrices, size(0, 3), some("linear", "relu", "prelu")),
    ([{ inputs, attrs, columns }, kind, activation], kernel): KernelCase => ({
      kernel,
      inputs: {
        a: { shape: inputs.a.shape },
        b: { shape: inputs.b.shape },
        ...(kind > 0 && { bias: { shape: [[columns], [1], []][kind - 1] } }),
        ...(activation === "prelu" && { preluActivationWeights: { shape: [columns] } }),
      },
      attrs: { ...attrs, activation },
      onCpu: { ...attrs, activation },
    }),
  ),
  ...of(
    ["Prelu"],
    fc.tuple(shape(1, 4, 0), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), size(0, 3)),
    ([x, mask, cut], kernel): KernelCase => {
      const alpha = x.map((n, i) => (mask[i] ? n : 1)).slice(Math.min(cut, x.length));
      return { kernel, inputs: { x: { shape: x }, alpha: { shape: alpha } }, attrs: {}, onCpu: {} };
    },
  ),
  ...of(["ClipByValue"], shape(0, 4, 0), (x, kernel): KernelCase => {
    const attrs = { clipValueMin: -0.5, clipValueMax: 0.25 };
    return { kernel, inputs: { x: { shape: x } }, attrs, onCpu: attrs };
  }),
  ...of(["Cast"], shape(0, 4, 0), (x, kernel): KernelCase => {
    const attrs = { dtype: "bool" };
    const inputs = { x: { shape: x, dtype: "int32" as const, below: 3 } };
    return { kernel, inputs, attrs, onCpu: attrs };
  }),
  ...of(["Slice"], fc.tuple(shape(1, 4), size(0, 3)), ([x, from], kernel): KernelCase => {
    const begin = x.map((n) => Math.min(from, n));
    const attrs = { begin, size: x.map((n, i) => n - begin[i]) };
    return { kernel, inputs: { x: { shape: x } }, attrs, onCpu: attrs };
  }),
  ...of(
    ["GatherV2"],
    fc.tuple(shape(1, 3), shape(0, 2), shape(0, 2), size(1, 5), shape(0, 2)),
    ([lead, outer, rows, count, inner], kernel): KernelCase => {
      const batchDims = lead.length - 1;
      const batch = lead.slice(0, batchDims);
      const x = { shape: [...batch, ...outer, count, ...inner] };
      const indices = { shape: [...batch, ...rows], dtype: "int32" as const, below: count };
      const attrs = { axis: batchDims + outer.length, batchDims };
      return { kernel, inputs: { x, indices }, attrs, onCpu: attrs };
    },
  ),
  ...of(
    ["Tile"],
    fc.tuple(shape(1, 6, 0), fc.array(size(0, 3), { minLength: 6, maxLength: 6 })),
    ([x, reps], kernel): KernelCase => {
      const attrs = { reps: reps.slice(0, x.length) };
      return { kernel, inputs: { x: { shape: x } }, attrs, onCpu: attrs };
    },
  ),
  ...of(
    ["ResizeNearestNeighborGrad"],
    fc.tuple(size(1, 3), size(1, 5), size(1, 5), size(1, 9), size(1, 9), size(1, 4), fc.boolean()),
    ([count, height, width, outHeight, outWidth, channels, alignCorners], kernel): KernelCase => {
      const images = { shape: [count, height, width, channels] };
      const dy = { shape: [count, outHeight, outWidth, channels] };
      const attrs = { alignCorners };
      // The cpu backend takes the strides of the images for dy's, so that it is right for one image
      // only, and does not end where a side of 1 is aligned by its corners.
      const isRight = count === 1 && !(alignCorners && Math.min(height, width) === 1);
      return { kernel, inputs: { images, dy }, attrs, onCpu: isRight ? attrs : "none" };
    },
  ),
  ...of(
    ["UnsortedSegmentSum"],
    fc.tuple(shape(1, 3), size(1, 4)),
    ([x, numSegments], kernel): KernelCase => {
      const segmentIds = { shape: [x[0]], dtype: "int32" as const, below: numSegments + 1 };
      const attrs = { numSegments };
      return { kernel, inputs: { x: { shape: x }, segmentIds }, attrs, onCpu: attrs };
    },
  ),
  ...of(
    ["Einsum"],
    fc.tuple(
      some(
        "ij,jk->ik",
        "bij,bkj->bik",
        "ij,ij->",
        "ij->ji",
        "ijk->j",
        "i,j->ji",
        "bqhd,bkhd->bhqk",
      ),
      fc.array(size(1, 4), { minLength: 12, maxLength: 12 }),
    ),
    ([equation, sizes], kernel): KernelCase => {
      const labels = equation.split("->")[0].split(",");
      const sizeOfLabel = (label: string) => sizes[label.charCodeAt(0) % sizes.length];
      const operands = labels.map((one) => ({ shape: [...one].map(sizeOfLabel) }));
      const attrs = { equation };
      return { kernel, inputs: { ...operands } as never, attrs, onCpu: attrs };
    },
  ),
};

function of<T>(
  kernels: readonly string[],
  arbitrary: fc.Arbitrary<T>,
  caseOf: (one: T, kernel: string) => KernelCase,
): Record<string, fc.Arbitrary<KernelCase>> {
  return Object.fromEntries(
    kernels.map((kernel) => [kernel, arbitrary.map((one) => caseOf(one, kernel))]),
  );
}
