type Values = ArrayLike<number>;

/** Sizes of the input of a pooling. */
export interface PoolSizes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** {@link TrainingKernels.maxPoolForward}. */
export function maxPoolForward(x: Values, y: Float32Array | Float64Array, sizes: PoolSizes): void {
  forEachWindow(sizes, 2, (positions, at) => {
    y[at] = Math.max(...positions.map((position) => x[position]));
  });
}

/** {@link TrainingKernels.maxPoolGradient}. */
export function maxPoolGradient(
  x: Values,
  dy: Values,
  dx: Float32Array | Float64Array,
  sizes: PoolSizes,
): void {
  dx.fill(0);
  forEachWindow(sizes, 2, (positions, at) => {
    const largest = Math.max(...positions.map((position) => x[position]));
    const first = positions.find((position) => x[position] === largest);
    if (first !== undefined) dx[first] = dy[at];
  });
}

/** {@link TrainingKernels.averagePoolGradient}. */
export function averagePoolGradient(
  dy: Values,
  dx: Float32Array | Float64Array,
  sizes: PoolSizes,
  size: number,
): void {
  dx.fill(0);
  forEachWindow(sizes, size, (positions, at) => {
    for (const position of positions) dx[position] = dy[at] / size ** 2;
  });
}

/** Calls `visit` with a window's positions in the input, row-major, and its own in the output. */
function forEachWindow(
  { count, height, width, channels }: PoolSizes,
  size: number,
  visit: (positions: number[], at: number) => void,
): void {
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let a = 0; a + size <= height; a += size)
      for (let b = 0; b + size <= width; b += size)
        for (let c = 0; c < channels; c++) {
          const positions = [];
          for (let i = a; i < a + size; i++)
            for (let j = b; j < b + size; j++)
              positions.push(((n * height + i) * width + j) * channels + c);
          visit(positions, at++);
        }
}
