import * as tf from "@tensorflow/tfjs";

interface CpuBackend {
  readonly data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): tf.TensorInfo;
  disposeIntermediateTensorInfo(info: tf.TensorInfo): void;
}

/**
 * Corrects the cpu backend's gradients of average pools with padding: it divides by the size of the
 * window, the forward pass by the number of cells of the window that are inside the image, as
 * TensorFlow does in both.
 *
 * @returns Puts the backend's own kernels back.
 */
export function correctAveragePoolGradients(): () => void {
  const names = ["AvgPoolGrad", "AvgPool3DGrad"];
  const stocks = names.map((name) => tf.getKernel(name, "cpu"));
  for (const stock of stocks)
    replaceKernel({
      ...stock,
      kernelFunc: ({ inputs, attrs, backend }) => {
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
        const dx = stock.kernelFunc({ inputs: { ...inputs, dy: scaled }, attrs, backend });
        cpu.disposeIntermediateTensorInfo(scaled);
        return dx;
      },
    });
  return () => stocks.forEach(replaceKernel);
}

function replaceKernel(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

interface Attributes {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: number | "same" | "valid";
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
  const info = computePool3DInfo(shape as [number, number, number, number, number], size, step, 1, pad, dimRoundingMode); // prettier-ignore
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
