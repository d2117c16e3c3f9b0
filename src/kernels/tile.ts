import { refuse, sizeOf } from "./checks";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** `Tile` of tfjs by copies of whole blocks, for any number of dimensions. */
export const tile =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const reps = attrs.reps as number[];
    const isRight =
      reps.length === x.shape.length && reps.every((n) => Number.isInteger(n) && n >= 0);
    if (!isRight) refuse("Tile", "reps", `of ${x.shape.length} integers from 0`, reps);
    if (!["float32", "int32", "bool"].includes(x.dtype)) return stock(call);
    const out = allocate(
      backend,
      x.shape.map((size, i) => size * reps[i]),
      x.dtype,
    );
    if (sizeOf(out.shape) > 0) repeat(valuesOf(backend, x), valuesOf(backend, out), x.shape, reps);
    return out;
  };

function repeat(
  values: Float32Array,
  result: Float32Array,
  shape: readonly number[],
  reps: readonly number[],
): void {
  // Dimensions from here on are not repeated: a block of them is copied at once.
  const whole = reps.length - [...reps].reverse().findIndex((n) => n !== 1);
  const from = whole > reps.length ? 0 : whole;
  const inner = sizeOf(shape.slice(from));
  const inBlock = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const outBlock = shape.map((_, i) => sizeOf(shape.slice(i + 1)) * sizeOf(reps.slice(i + 1)));
  const copy = (dimension: number, at: number, to: number): void => {
    if (dimension === from) {
      if (inner === 1) result[to] = values[at];
      else result.set(values.subarray(at, at + inner), to);
      return;
    }
    for (let i = 0; i < shape[dimension]; i++)
      copy(dimension + 1, at + i * inBlock[dimension], to + i * outBlock[dimension]);
    const length = shape[dimension] * outBlock[dimension];
    const end = to + length * reps[dimension];
    if (length === 1) result.fill(result[to], to, end);
    else
      for (let filled = to + length; filled < end;) {
        const some = Math.min(filled - to, end - filled);
        result.copyWithin(filled, to, to + some);
        filled += some;
      }
  };
  copy(0, 0, 0);
}
