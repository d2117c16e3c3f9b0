import { outerProductTile } from "./outerProductTile";
import { loadPart, storePart } from "./vector";
import { winogradSide } from "./winograd";
import { winogradFilterGradient, winogradFilterGradientScratch } from "./winogradGradient";

/** Pixels of one packed row, and of one packed strip: what stays in L1 while it is reread. */
const RUN: i32 = 64;
const STRIP: i32 = 512;

function imagesAtOnce(count: i32, outWidth: i32): i32 {
  return min(count, (RUN + outWidth - 1) / outWidth);
}

function rowsAtOnce(count: i32, outHeight: i32, outWidth: i32): i32 {
  const rows = max(1, STRIP / (outWidth * imagesAtOnce(count, outWidth)));
  const strips = (outHeight + rows - 1) / rows;
  return (outHeight + strips - 1) / strips;
}

/** Floats of scratch memory that {@link convolutionFilterGradient} needs. */
export function convolutionFilterGradientScratch(
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
  if (side) return winogradFilterGradientScratch(side, channels, outChannels);
  const images = imagesAtOnce(count, outWidth);
  const rows = rowsAtOnce(count, outHeight, outWidth);
  const c4 = (channels + 3) & ~3;
  const k8 = (outChannels + 7) & ~7;
  return (
    filterHeight * filterWidth * c4 * k8 +
    ((rows - 1) * strideHeight + filterHeight) * width * images * c4 +
    rows * outWidth * images * k8
  );
}

/**
 * Gradient of a convolution by its filter: dFilter[i, j, c, k] = sum over n, a, b of
 * x[n, a strideHeight + i - top, b strideWidth + j - left, c] dy[n, a, b, k].
 *
 * Images and rows go in strips, packed with neighboring images side by side: then every filter
 * value is a dot product over runs of consecutive memory, and padding is never multiplied. Within
 * a strip (at most about 512 pixels) float32 sums in the order of rows, columns, images; the
 * strips' sums are added in float32, image groups outermost.
 *
 * @param x count x height x width x channels.
 * @param dy count x outHeight x outWidth x outChannels.
 * @param dFilter Written: filterHeight x filterWidth x channels x outChannels.
 * @param firstBlock,endBlock The blocks of 8 output channels that are computed: others stay as they
 *   are, so that threads can share the work.
 * @param scratch {@link convolutionFilterGradientScratch} floats.
 */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  dFilter: usize,
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
  firstBlock: i32,
  endBlock: i32,
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
    winogradFilterGradient(
      side,
      x,
      dy,
      dFilter,
      count,
      height,
      width,
      channels,
      outChannels,
      top,
      left,
      outHeight,
      outWidth,
      firstBlock,
      endBlock,
      scratch,
    );
    return;
  }
  const tiles = ((channels + 3) >> 2) * ((outChannels + 7) >> 3);
  const taps = filterHeight * filterWidth;
  const sums = scratch;
  memory.fill(sums, 0, ((taps * tiles) as usize) << 7);
  const packedX = sums + (((taps * tiles) as usize) << 7);
  const images = imagesAtOnce(count, outWidth);
  const rows = rowsAtOnce(count, outHeight, outWidth);
  const xRows = (rows - 1) * strideHeight + filterHeight;
  const packedDy = packedX + (((xRows * width * images * ((channels + 3) & ~3)) as usize) << 2);
  for (let n = 0; n < count; n += images) {
    const some = min(images, count - n);
    const xImages = x + (((n * height * width * channels) as usize) << 2);
    const dyImages = dy + (((n * outHeight * outWidth * outChannels) as usize) << 2);
    for (let a = 0; a < outHeight; a += rows) {
      const end = min(outHeight, a + rows);
      const xFirst = max(0, a * strideHeight - top);
      const xEnd = min(height, (end - 1) * strideHeight - top + filterHeight);
      if (xFirst >= xEnd) continue;
      packBlocks4(xImages, some, height, width, channels, xFirst, xEnd, strideWidth, packedX);
      packBlocks8(dyImages, some, outHeight, outWidth, outChannels, firstBlock, endBlock, a, end, packedDy);
      addStrip(
        packedX,
        packedDy,
        sums,
        some,
        height,
        width,
        channels,
        outChannels,
        filterHeight,
        filterWidth,
        top,
        left,
        outWidth,
        strideHeight,
        strideWidth,
        xFirst,
        xEnd,
        a,
        end,
        firstBlock,
        endBlock,
      );
    }
  }
  unpackSums(sums, dFilter, taps, channels, outChannels, firstBlock, endBlock);
}

/** Adds the products of one packed strip to the sums of every filter value. */
function addStrip(
  packedX: usize,
  packedDy: usize,
  sums: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  xFirst: i32,
  xEnd: i32,
  first: i32,
  end: i32,
  firstBlock: i32,
  endBlock: i32,
): void {
  const xRow: usize = ((width * images) as usize) << 4;
  const dyRow: usize = ((outWidth * images) as usize) << 5;
  const xBlock: usize = ((xEnd - xFirst) as usize) * xRow;
  const dyBlock: usize = ((end - first) as usize) * dyRow;
  const cBlocks = (channels + 3) >> 2;
  const kBlocks = (outChannels + 7) >> 3;
  for (let k = firstBlock; k < endBlock; k++)
    for (let c = 0; c < cBlocks; c++)
      for (let i = 0; i < filterHeight; i++) {
        const a = max(first, (top - i + strideHeight - 1) / strideHeight);
        const rows = min(end, (height - 1 + top - i + strideHeight) / strideHeight) - a;
        if (rows <= 0) continue;
        for (let j = 0; j < filterWidth; j++) {
          const b = max(0, (left - j + strideWidth - 1) / strideWidth);
          const run = (min(outWidth, (width - 1 + left - j + strideWidth) / strideWidth) - b) * images;
          if (run <= 0) continue;
          const tile = ((i * filterWidth + j) * cBlocks + c) * kBlocks + k;
          const xAt = (packedColumn(b * strideWidth + j - left, width, strideWidth) * images) as usize;
          outerProductTile(
            sums + ((tile as usize) << 7),
            packedX + (c as usize) * xBlock + ((a * strideHeight + i - top - xFirst) as usize) * xRow + (xAt << 4),
            packedDy +
              ((k - firstBlock) as usize) * dyBlock +
              ((a - first) as usize) * dyRow +
              (((b * images) as usize) << 5),
            rows,
            run,
            (strideHeight as usize) * xRow,
            dyRow,
          );
        }
      }
}

/** Where a packed row holds a column: first all columns 0, stride, 2 stride ..., then 1, stride + 1 ... */
function packedColumn(column: i32, width: i32, stride: i32): i32 {
  const phase = column % stride;
  return phase * (width / stride) + min(phase, width % stride) + column / stride;
}

/**
 * Rows `first` to `end` of some images as channels / 4 x row x column x image x 4, columns in the
 * order of {@link packedColumn}: those that one tap meets lie side by side.
 */
function packBlocks4(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  first: i32,
  end: i32,
  stride: i32,
  packed: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  const image: usize = ((height * width) as usize) * pixel;
  for (let c = 0; c < channels; c += 4) {
    const left = channels - c;
    for (let row = first; row < end; row++) {
      const from = x + ((row * width) as usize) * pixel + ((c as usize) << 2);
      for (let phase = 0; phase < stride; phase++)
        for (let column = phase; column < width; column += stride) {
          let at = from + (column as usize) * pixel;
          for (let n = 0; n < images; n++, at += image, packed += 16) v128.store(packed, loadPart(at, left));
        }
    }
  }
}

/** Rows `first` to `end` of some images as channels / 8 x row x column x image x 8. */
function packBlocks8(
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  firstBlock: i32,
  endBlock: i32,
  first: i32,
  end: i32,
  packed: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  const image: usize = ((height * width) as usize) * pixel;
  const from = x + ((first * width) as usize) * pixel;
  const pixels = (end - first) * width;
  for (let c = firstBlock << 3; c < min(channels, endBlock << 3); c += 8) {
    const left = channels - c;
    for (let p = 0; p < pixels; p++) {
      let at = from + (p as usize) * pixel + ((c as usize) << 2);
      for (let n = 0; n < images; n++, at += image, packed += 32) {
        v128.store(packed, loadPart(at, left));
        v128.store(packed, left > 4 ? loadPart(at + 16, left - 4) : f32x4.splat(0), 16);
      }
    }
  }
}

/** From tap x channels / 4 x outChannels / 8 x 4 x 8 to tap x channels x outChannels. */
function unpackSums(
  sums: usize,
  dFilter: usize,
  taps: i32,
  channels: i32,
  outChannels: i32,
  firstBlock: i32,
  endBlock: i32,
): void {
  for (let tap = 0; tap < taps; tap++)
    for (let c = 0; c < channels; c += 4)
      for (let block = 0; block < (outChannels + 7) >> 3; block++, sums += 128) {
        if (block < firstBlock || block >= endBlock) continue;
        const k = block << 3;
        for (let lane = 0; lane < min(4, channels - c); lane++) {
          const from = sums + ((lane as usize) << 5);
          const to = dFilter + ((((tap * channels + c + lane) * outChannels + k) as usize) << 2);
          storePart(to, v128.load(from), outChannels - k);
          storePart(to + 16, v128.load(from, 16), outChannels - k - 4);
        }
      }
}
