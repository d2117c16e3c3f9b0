import { packFilter, packTurnedFilter } from "./filterPacking";
import { pixelTile } from "./pixelTile";
import { winogradConvolve, winogradScratch, winogradSide } from "./winograd";

/** Bytes of input that are swept for one block of output channels before the next: half of L2. */
const BAND_BYTES: i32 = 1 << 18;

/** Floats of scratch memory that {@link convolutionForward} needs. */
export function convolutionForwardScratch(
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  return convolveScratch(
    height,
    width,
    channels,
    outChannels,
    filterHeight,
    filterWidth,
    top,
    left,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
  );
}

/**
 * 2-D convolution (a correlation, as in tfjs), plus bias, through leaky ReLU:
 * y[n, a, b, k] = leakyRelu(bias[k] + sum over i, j, c of
 * x[n, a strideHeight + i - top, b strideWidth + j - left, c] filter[i, j, c, k]); outside x counts
 * as 0. With stride 1, Winograd's algorithm where {@link winogradSide} is not 0.
 *
 * @param x count x height x width x channels.
 * @param filter filterHeight x filterWidth x channels x outChannels.
 * @param bias outChannels, or 0 for none.
 * @param y Written: count x outHeight x outWidth x outChannels.
 * @param slope Of the leaky ReLU; 1 leaves it out.
 * @param scratch {@link convolutionForwardScratch} floats.
 */
export function convolutionForward(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  slope: f32,
  scratch: usize,
): void {
  packFilter(filter, filterHeight * filterWidth * channels, outChannels, scratch);
  convolve(
    x,
    bias,
    y,
    count,
    height,
    width,
    channels,
    outChannels,
    filterHeight,
    filterWidth,
    top,
    left,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
    slope,
    scratch,
  );
}

/** Floats of scratch memory that {@link convolutionInputGradient} needs. */
export function convolutionInputGradientScratch(
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  return convolveScratch(
    outHeight,
    outWidth,
    outChannels,
    channels,
    filterHeight,
    filterWidth,
    filterHeight - 1 - top,
    filterWidth - 1 - left,
    height,
    width,
    strideHeight,
    strideWidth,
  );
}

/**
 * Gradient of {@link convolutionForward}, without bias and leaky ReLU, by its input: with stride 1
 * the convolution of dy by the filter turned by 180 degrees with its channels exchanged.
 *
 * @param dy count x outHeight x outWidth x outChannels.
 * @param dx Written: count x height x width x channels.
 * @param top,left Padding of the forward pass.
 * @param scratch {@link convolutionInputGradientScratch} floats.
 */
export function convolutionInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  scratch: usize,
): void {
  const bottom = outHeight - height + filterHeight - 1 - top;
  const right = outWidth - width + filterWidth - 1 - left;
  const isPaddedWithinFilter = max(top, bottom) < filterHeight && max(left, right) < filterWidth;
  if ((strideHeight | strideWidth) != 1 || !isPaddedWithinFilter) {
    stridedInputGradient(
      dy,
      filter,
      dx,
      count,
      height,
      width,
      channels,
      outChannels,
      filterHeight,
      filterWidth,
      top,
      left,
      outHeight,
      outWidth,
      strideHeight,
      strideWidth,
      scratch,
    );
    return;
  }
  packTurnedFilter(filter, filterHeight, filterWidth, channels, outChannels, 0, 1, 0, 1, scratch);
  convolve(
    dy,
    0,
    dx,
    count,
    outHeight,
    outWidth,
    outChannels,
    channels,
    filterHeight,
    filterWidth,
    filterHeight - 1 - top,
    filterWidth - 1 - left,
    height,
    width,
    1,
    1,
    1,
    scratch,
  );
}

/**
 * The gradient by the input for any stride and padding: the inputs that lie a stride apart meet the
 * same taps, so each such grid of them is a convolution of stride 1 by those taps alone.
 */
function stridedInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  scratch: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  for (let p = 0; p < min(strideHeight, height); p++) {
    const i = (p + top) % strideHeight;
    const rows = max(0, (filterHeight - i + strideHeight - 1) / strideHeight);
    for (let q = 0; q < min(strideWidth, width); q++) {
      const j = (q + left) % strideWidth;
      const columns = max(0, (filterWidth - j + strideWidth - 1) / strideWidth);
      packTurnedFilter(
        filter,
        filterHeight,
        filterWidth,
        channels,
        outChannels,
        i,
        strideHeight,
        j,
        strideWidth,
        scratch,
      );
      convolvePacked(
        dy,
        scratch,
        0,
        dx + ((p * width + q) as usize) * pixel,
        count,
        outHeight,
        outWidth,
        outChannels,
        channels,
        rows,
        columns,
        rows - 1 - (p + top - i) / strideHeight,
        columns - 1 - (q + left - j) / strideWidth,
        (height - p + strideHeight - 1) / strideHeight,
        (width - q + strideWidth - 1) / strideWidth,
        1,
        1,
        ((strideWidth * channels) as usize) << 2,
        ((strideHeight * width * channels) as usize) << 2,
        ((height * width * channels) as usize) << 2,
        1,
      );
    }
  }
}

/** Floats of scratch memory that {@link convolve} needs. */
function convolveScratch(
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  const side = winogradSide(
    height,
    width,
    channels,
    outChannels,
    filterHeight,
    filterWidth,
    top,
    left,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
  );
  if (side) return winogradScratch(side, channels, outChannels);
  return (filterHeight * filterWidth * channels + 1) * ((outChannels + 7) & ~7);
}

/** The convolution with the filter that lies packed at the beginning of the scratch memory. */
function convolve(
  x: usize,
  bias: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  slope: f32,
  scratch: usize,
): void {
  const side = winogradSide(
    height,
    width,
    channels,
    outChannels,
    filterHeight,
    filterWidth,
    top,
    left,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
  );
  if (side) {
    winogradConvolve(
      side,
      x,
      bias,
      y,
      count,
      height,
      width,
      channels,
      outChannels,
      top,
      left,
      outHeight,
      outWidth,
      slope,
      scratch,
    );
    return;
  }
  let padded: usize = 0;
  if (bias) {
    const taps = filterHeight * filterWidth * channels;
    padded = scratch + ((taps * ((outChannels + 7) & ~7)) << 2);
    packFilter(bias, 1, outChannels, padded);
  }
  convolvePacked(
    x,
    scratch,
    padded,
    y,
    count,
    height,
    width,
    channels,
    outChannels,
    filterHeight,
    filterWidth,
    top,
    left,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
    (outChannels as usize) << 2,
    ((outWidth * outChannels) as usize) << 2,
    ((outHeight * outWidth * outChannels) as usize) << 2,
    slope,
  );
}

/**
 * The convolution with a packed filter. Four images go together: at the left and right edge a tile
 * is one position in four images, so that zeros of the padding are never multiplied; between the
 * edges it is four neighbors in one image, which share their input values.
 *
 * @param outPixel,outRow,outImage Bytes from one pixel, row and image of y to the next.
 */
export function convolvePacked(
  x: usize,
  packed: usize,
  bias: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  outPixel: usize,
  outRow: usize,
  outImage: usize,
  slope: f32,
): void {
  const image: usize = ((height * width * channels) as usize) << 2;
  const block: usize = ((filterHeight * filterWidth * channels) as usize) << 5;
  const band = max(1, BAND_BYTES / max(1, width * channels * 16));
  for (let n = 0; n < count; n += 4, x += image * 4, y += outImage * 4) {
    const images = min(4, count - n);
    for (let a = 0; a < outHeight; a += band) {
      const bandEnd = min(outHeight, a + band);
      for (let k = 0; k < outChannels; k += 8) {
        const weights = packed + ((k >> 3) as usize) * block;
        const biases = bias ? bias + ((k as usize) << 2) : 0;
        for (let row = a; row < bandEnd; row++)
          convolveRow(
            x,
            weights,
            biases,
            y + (row as usize) * outRow + ((k as usize) << 2),
            images,
            image,
            outImage,
            outPixel,
            height,
            width,
            channels,
            filterHeight,
            filterWidth,
            row * strideHeight - top,
            left,
            outWidth,
            strideWidth,
            slope,
            min(8, outChannels - k),
          );
      }
    }
  }
}

/** One row of 8 output channels in up to four images; `row` is the first input row under the filter. */
function convolveRow(
  x: usize,
  weights: usize,
  bias: usize,
  y: usize,
  images: i32,
  image: usize,
  outImage: usize,
  outPixel: usize,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  row: i32,
  left: i32,
  outWidth: i32,
  stride: i32,
  slope: f32,
  present: i32,
): void {
  const first = max(0, -row);
  const rows = min(filterHeight, height - row) - first;
  const pixel: usize = (channels as usize) << 2;
  const xRow: usize = (width as usize) * pixel;
  const weightRow: usize = ((filterWidth * channels) as usize) << 5;
  x += ((row + first) as usize) * xRow;
  weights += (first as usize) * weightRow;
  const step: usize = (stride as usize) * pixel;
  const insideEnd = min(outWidth, (width - filterWidth + left + stride) / stride);
  let b = 0;
  while (b < outWidth) {
    const column = b * stride - left;
    if (column >= 0 && b + 4 <= insideEnd) {
      const from = x + (column as usize) * pixel;
      const to = y + (b as usize) * outPixel;
      for (let n: usize = 0; n < (images as usize); n++)
        pixelTile(
          from + n * image,
          step,
          2 * step,
          3 * step,
          xRow,
          weights,
          weightRow,
          rows,
          filterWidth * channels,
          bias,
          slope,
          to + n * outImage,
          outPixel,
          2 * outPixel,
          3 * outPixel,
          present,
        );
      b += 4;
    } else {
      const j = max(0, -column);
      const length = (min(filterWidth, width - column) - j) * channels;
      // Images that are not there repeat the last one: it is computed and written again.
      const n1: usize = min(1, images - 1);
      const n2: usize = min(2, images - 1);
      const n3: usize = min(3, images - 1);
      pixelTile(
        x + ((column + j) as usize) * pixel,
        n1 * image,
        n2 * image,
        n3 * image,
        xRow,
        weights + (((j * channels) as usize) << 5),
        weightRow,
        rows,
        length,
        bias,
        slope,
        y + (b as usize) * outPixel,
        n1 * outImage,
        n2 * outImage,
        n3 * outImage,
        present,
      );
      b++;
    }
  }
}
