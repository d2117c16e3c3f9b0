import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";

/** The pixels of a PNG of 8-bit RGB that is not interlaced, as RGBA: four bytes each, row-major. */
export function decodePng(file: Buffer): { width: number; height: number; pixels: Buffer } {
  assert.equal(file.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  assert.deepEqual([...file.subarray(24, 29)], [8, 2, 0, 0, 0]);
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
    }
  }
  const rgb = unfilter(inflateSync(Buffer.concat(parts)), 3 * width, height);
  const pixels = Buffer.alloc(4 * width * height, 255);
  for (let i = 0; i < width * height; i += 1) rgb.copy(pixels, 4 * i, 3 * i, 3 * i + 3);
  return { width, height, pixels };
}

function unfilter(lines: Buffer, stride: number, height: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = lines[row * (stride + 1)];
    for (let i = 0; i < stride; i += 1) {
      const at = row * stride + i;
      const left = i >= 3 ? pixels[at - 3] : 0;
      const up = row > 0 ? pixels[at - stride] : 0;
      const corner = i >= 3 && row > 0 ? pixels[at - stride - 3] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[at] = lines[row * (stride + 1) + 1 + i] + guess;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
