import { PNG, type ColorType } from "pngjs";

/** PNG's color type by number of channels. */
const COLOR_TYPES: Readonly<Record<number, ColorType>> = { 1: 0, 3: 2 };

/**
 * Pixels as a PNG file, gray or in color.
 *
 * @param pixels height x width x channels, row-major, 0 (black) to 255.
 * @param channels 1: gray; 3: red, green, blue.
 * @throws {RangeError} If there are not height x width x channels values, or another number of
 *   channels.
 * @see https://www.w3.org/TR/png-3/
 */
export function pixelPng(
  pixels: Uint8Array,
  height: number,
  width: number,
  channels: number,
): Buffer {
  if (!(channels in COLOR_TYPES))
    throw new RangeError(`expected pixels of 1 or 3 channels, got ${channels}`);
  if (pixels.length !== height * width * channels || pixels.length === 0)
    throw new RangeError(
      `expected ${height} x ${width} x ${channels} values, got ${pixels.length}`,
    );
  const png = new PNG({ width, height });
  png.data = Buffer.from(pixels);
  const colorType = COLOR_TYPES[channels];
  // Figures have large areas of one color, and are smallest without filters.
  return PNG.sync.write(png, {
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    filterType: 0,
    deflateLevel: 9,
    deflateStrategy: 0,
  });
}
