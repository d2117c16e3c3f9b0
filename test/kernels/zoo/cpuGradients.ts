import * as tf from "@tensorflow/tfjs";

interface CpuBackend {
  readonly data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): tf.TensorInfo;
  disposeIntermediateTensorInfo(info: tf.TensorInfo): void;
}

type KernelFunc = tf.KernelConfig["kernelFunc"];

/**
 * Corrects gradients of the cpu backend that finite differences contradict.
 *
 * @returns Puts the backend's own kernels back.
 */
export function correctCpuGradients(): () => void {
  const corrections = {
    MaxPoolGrad: roundedPool,
    AvgPoolGrad: (stock: KernelFunc) => roundedPool(averagePoolGradient(stock)),
    AvgPool3DGrad: averagePoolGradient,
    ResizeNearestNeighborGrad: nearestNeighborGradient,
  };
  const stocks = Object.keys(corrections).map((name) => tf.getKernel(name, "cpu"));
  Object.values(corrections).forEach((correct, i) =>
    replaceKernel({ ...stocks[i], kernelFunc: correct(stocks[i].kernelFunc) }),
  );
  return () => stocks.forEach(replaceKernel);
}

/**
 * Average pools with padding: cpu divides by the size of the window, the forward pass by the number of
 * cells of the window that are inside the image, as TensorFlow does in both.
 */
function averagePoolGradient(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Record<string, tf.TensorInfo>;
    const cpu = backend as CpuBackend;
    const scales = scalesOfAxes(input.shape, attrs as unknown as Attributes);
    const values = cpu.data.get(dy.dataId).values.map((value, i) => {
      let rest = Math.floor(i / dy.shape.at(-1)!);
      for (let axis = scales.length - 1; axis >= 0; axis--) {
        const size = dy.shape[axis + 1];
        value *= scales[axis][rest % size];
        rest = Math.floor(rest / size);
      }
      return value;
    });
    const scaled = cpu.makeTensorInfo(dy.shape, "float32", values);
    const dx = stock({ inputs: { ...inputs, dy: scaled }, attrs, backend });
    cpu.disposeIntermediateTensorInfo(scaled);
    return dx;
  };
}

/**
 * Pools that round the number of windows up: tfjs keeps that from the gradient, and cpu leaves the
 * last windows out. Here it gets the padding that they need.
 */
function roundedPool(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Record<string, tf.TensorInfo>;
    const { filterSize, strides, pad } = attrs as unknown as Attributes;
    const shape = input.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(
      shape,
      filterSize as number,
      strides as number,
      1,
      pad,
    );
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
    const sides = [
      [padInfo.top, filterHeight, strideHeight],
      [padInfo.left, filterWidth, strideWidth],
    ].map(([before, length, stride], i) => {
      const end = (dy.shape[i + 1] - 1) * stride + length - before;
      return [before, Math.max(0, end - shape[i + 1])];
    });
    const explicit = [[0, 0], ...sides, [0, 0]];
    return stock({ inputs, attrs: { ...attrs, pad: explicit }, backend });
  };
}

/** Nearest neighbors of several images: cpu is right for the first alone, so each is made the first. */
function nearestNeighborGradient(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { dy, images } = inputs as Record<string, tf.TensorInfo>;
    const cpu = backend as CpuBackend;
    const imageOf = (tensor: tf.TensorInfo, i: number) => {
      const { values } = cpu.data.get(tensor.dataId);
      const size = values.length / tensor.shape[0];
      const shape = [1, ...tensor.shape.slice(1)];
      return cpu.makeTensorInfo(shape, "float32", values.slice(i * size, (i + 1) * size));
    };
    const gradients = Array.from({ length: images.shape[0] }, (_, i) => {
      const [ofDy, ofImages] = [imageOf(dy, i), imageOf(images, i)];
      const dx = stock({ inputs: { dy: ofDy, images: ofImages }, attrs, backend }) as tf.TensorInfo;
      const values = Array.from(cpu.data.get(dx.dataId).values);
      for (const info of [ofDy, ofImages, dx]) cpu.disposeIntermediateTensorInfo(info);
      return values;
    });
    return cpu.makeTensorInfo(images.shape, "float32", Float32Array.from(gradients.flat()));
  };
}

function replaceKernel(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

interface Attributes {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: "ceil" | "floor" | "round";
}

/** For each axis of space and each output on it: the window's size over its number of valid cells. */
function scalesOfAxes(
  shape: number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes,
): number[][] {
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  if (shape.length === 4) {
    const [size, step] = [filterSize, strides] as [number, number];
    const info = computePool2DInfo(shape as [number, number, number, number], size, step, 1, pad, dimRoundingMode); // prettier-ignore
    return [
      scales(info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top),
      scales(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left),
    ];
  }
  const [size, step] = [filterSize, strides] as [number, number];
  const info = computePool3DInfo(shape as [number, number, number, number, number], size, step, 1, pad as "same", dimRoundingMode); // prettier-ignore
  return [
    scales(info.inDepth, info.outDepth, info.filterDepth, info.strideDepth, info.padInfo.front),
    scales(info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top),
    scales(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left),
  ];
}

function scales(size: number, outSize: number, filter: number, stride: number, before: number) {
  return Array.from({ length: outSize }, (_, out) => {
    const from = out * stride - before;
    return filter / (Math.min(from + filter, size) - Math.max(from, 0));
  });
}
