import { loadPart } from "./vector";

/**
 * Packs a filter, taps x outChannels (taps = height x width x channels), as blocks of 8 output
 * channels: outChannels / 8 x taps x 8, zeros where channels are missing.
 */
export function packFilter(filter: usize, taps: i32, outChannels: i32, packed: usize): void {
  for (let k = 0; k < outChannels; k += 8)
    for (let tap = 0; tap < taps; tap++, packed += 32) {
      const from = filter + (((tap * outChannels + k) as usize) << 2);
      const left = outChannels - k;
      v128.store(packed, loadPart(from, left));
      v128.store(packed, left > 4 ? loadPart(from + 16, left - 4) : f32x4.splat(0), 16);
    }
}

/**
 * Packs some taps of a filter, height x width x channels x outChannels, for the gradient by the
 * input: turned by 180 degrees, channels exchanged: channels / 8 x (rows x columns x outChannels) x 8.
 *
 * @param firstRow,rowStep The rows of taps: firstRow, firstRow + rowStep, ...; columns likewise.
 */
export function packTurnedFilter(
  filter: usize,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  firstRow: i32,
  rowStep: i32,
  firstColumn: i32,
  columnStep: i32,
  packed: usize,
): void {
  const row = (outChannels as usize) << 2;
  const lastRow = lastOf(height, firstRow, rowStep);
  const lastColumn = lastOf(width, firstColumn, columnStep);
  for (let c = 0; c < channels; c += 8) {
    const present = min(8, channels - c);
    for (let i = lastRow; i >= firstRow; i -= rowStep)
      for (let j = lastColumn; j >= firstColumn; j -= columnStep) {
        const from = filter + (((i * width + j) * channels + c) as usize) * row;
        for (let k = 0; k < outChannels; k++, packed += 32)
          for (let lane = 0; lane < 8; lane++) {
            const at = from + (lane as usize) * row + ((k as usize) << 2);
            store<f32>(packed + ((lane as usize) << 2), lane < present ? load<f32>(at) : 0);
          }
      }
  }
}

/** The last of first, first + step, ... below `size`; below `first` if `size` is too small for one. */
function lastOf(size: i32, first: i32, step: i32): i32 {
  return first < size ? size - 1 - ((size - 1 - first) % step) : -1;
}
