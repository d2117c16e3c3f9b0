import { checkNumbers, checkShape, isAnyEmpty } from "./checks";
import { composed } from "./composed";
import { zeros } from "./convolutions";
import { valuesOf, type WasmKernel } from "./wasmMemory";

/**
 * Gradient of a resize to the nearest neighbor, `ResizeNearestNeighborGrad` of tfjs: each position of
 * dy adds to the one that it was copied from.
 *
 * Inputs `images` N x H x W x C and `dy` N x A x B x C.
 */
export const nearestNeighborGradient: WasmKernel = ({ inputs: { images, dy }, attrs, backend }) => {
  const kernel = "ResizeNearestNeighborGrad";
  checkShape(kernel, "images", images, [-1, -1, -1, -1]);
  const [count, height, width, channels] = images.shape;
  checkShape(kernel, "dy", dy, [count, -1, -1, channels]);
  checkNumbers(kernel, "dy", dy);
  const [outHeight, outWidth] = dy.shape.slice(1, 3);
  const isCornered = attrs.alignCorners === true;
  const rows = sourcesOf(height, outHeight, isCornered);
  const columns = sourcesOf(width, outWidth, isCornered);
  return composed(backend, ({ floats, owned }) => {
    const gradient = floats(dy);
    const out = owned(zeros(backend, images.shape));
    if (isAnyEmpty(dy.shape, images.shape)) return out;
    const [dys, result] = [gradient, out].map((tensor) => valuesOf(backend, tensor));
    let at = 0;
    for (let n = 0; n < count; n++)
      for (const row of rows)
        for (const column of columns) {
          const to = ((n * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++, at++) result[to + c] += dys[at];
        }
    return out;
  });
};

/** The positions that a resize along one side copies. */
function sourcesOf(size: number, outSize: number, isCornered: boolean): number[] {
  const isStretched = isCornered && outSize > 1;
  const scale = isStretched ? (size - 1) / (outSize - 1) : size / outSize;
  return Array.from({ length: outSize }, (_, i) =>
    Math.min(size - 1, isCornered ? Math.round(i * scale) : Math.floor(i * scale)),
  );
}
