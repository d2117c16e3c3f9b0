import { isSameShape, refuse } from "./checks";

/** The windows of a convolution or pool in one direction. */
export interface Windows {
  /** Positions of the input. */
  readonly size: number;
  /** Number of windows: positions of the output. */
  readonly count: number;
  /** Taps of a window. */
  readonly length: number;
  /** Positions from one window to the next. */
  readonly stride: number;
  /** Positions from one tap to the next. */
  readonly dilation: number;
  /** Positions of padding before the input. */
  readonly before: number;
}

/** Attributes of tfjs's convolutions and pools that determine their windows. */
export interface WindowAttributes {
  readonly strides?: unknown;
  readonly dilations?: unknown;
  /** "same", "valid", a number for every side, or a pair for each dimension. */
  readonly pad?: unknown;
  readonly dimRoundingMode?: unknown;
}

/**
 * Windows in each direction, counted as in TensorFlow: each direction on its own and with its
 * dilation. tfjs uses the filter and stride of the first direction for all directions if the
 * padding is a number, and ignores the dilation.
 *
 * @param sizes Of the input in each direction.
 * @param lengths Of the filter in each direction.
 * @throws {RangeError} For strides, dilations or padding that are invalid, and if an
 *   image's filter is so much longer than the padded input that the count is negative.
 */
export function windowsOf(
  kernel: string,
  sizes: readonly number[],
  lengths: readonly number[],
  { strides = 1, dilations, pad, dimRoundingMode }: WindowAttributes,
): Windows[] {
  const rounded = rounding(kernel, dimRoundingMode);
  const steps = each(kernel, "strides", strides, sizes.length);
  const spacings = each(kernel, "dilations", dilations ?? 1, sizes.length);
  return sizes.map((size, i) => {
    const [length, stride, dilation] = [lengths[i], steps[i], spacings[i]];
    const reach = (length - 1) * dilation + 1;
    if (pad === "same") {
      const count = Math.ceil(size / stride);
      const padding = Math.max(0, (count - 1) * stride + reach - size);
      return { size, count, length, stride, dilation, before: Math.floor(padding / 2) };
    }
    const [before, after] = paddingOf(kernel, pad, i, sizes.length);
    const count = rounded((size + before + after - reach) / stride) + 1;
    // tfjs gives volumes no windows there, and images an error.
    if (count < 0 && sizes.length < 3)
      refuse(kernel, "padded input", `of at least ${reach} positions`, size + before + after);
    return { size, count: Math.max(0, count), length, stride, dilation, before };
  });
}

/**
 * Geometry of a gradient. With numeric padding, tfjs does not pass on how the forward pass rounded
 * the number of windows; the size of dy shows it.
 *
 * @param of Geometry for given attributes.
 * @returns Geometry whose output has dy's shape, else that of the given attributes.
 */
export function ofGradient<G extends { readonly outShape: readonly number[] }>(
  dy: { readonly shape: readonly number[] },
  attrs: WindowAttributes,
  of: (attrs: WindowAttributes) => G,
): G {
  const known = of(attrs);
  const fits = ({ outShape }: G) => isSameShape(outShape, dy.shape);
  if (attrs.dimRoundingMode || typeof attrs.pad === "string" || fits(known)) return known;
  const others = ["ceil", "round"].map((dimRoundingMode) => of({ ...attrs, dimRoundingMode }));
  return others.find(fits) ?? known;
}

/** Positions of padding after the input that the last window reaches. */
export function paddingAfter({ size, count, length, stride, dilation, before }: Windows): number {
  return Math.max(0, (count - 1) * stride + (length - 1) * dilation + 1 - size - before);
}

/** The attribute's number for each direction, at least 1. */
function each(kernel: string, argument: string, value: unknown, directions: number): number[] {
  const given = [value].flat() as number[];
  const all = given.length === 1 ? Array<number>(directions).fill(given[0]) : given;
  const isRight = all.length === directions && all.every((n) => Number.isInteger(n) && n >= 1);
  if (!isRight) refuse(kernel, argument, `of ${directions} integers from 1`, given);
  return all;
}

function paddingOf(kernel: string, pad: unknown, direction: number, directions: number): number[] {
  const sides =
    pad === "valid"
      ? [0, 0]
      : Array.isArray(pad) && pad.length === directions + 2
        ? (pad[direction + 1] as number[])
        : [pad as number, pad as number];
  if (sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && side >= 0))
    refuse(kernel, "pad", "same, valid, or integers from 0", JSON.stringify(pad));
  return sides;
}

function rounding(kernel: string, mode: unknown): (value: number) => number {
  if (mode === undefined || mode === null || mode === "floor") return Math.floor;
  if (mode === "ceil") return Math.ceil;
  return mode === "round"
    ? Math.round
    : refuse(kernel, "dimRoundingMode", "floor, ceil, round", mode);
}
