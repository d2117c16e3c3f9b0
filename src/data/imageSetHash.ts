import { createHash } from "node:crypto";
import type { ImageSet } from "./imageSet";

/**
 * Hash of a set's images and labels, whatever its name or normalization: the SHA-256, in
 * hexadecimal, of the image's shape and the number of classes as 32-bit little-endian numbers, the
 * pixels, and the labels.
 */
export function imageSetHash({ imageShape, classCount, pixels, labels }: ImageSet): string {
  const shape = new DataView(new ArrayBuffer(16));
  [...imageShape, classCount].forEach((value, i) => shape.setUint32(4 * i, value, true));
  return createHash("sha256").update(shape).update(pixels).update(labels).digest("hex");
}
