import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { imageGrid } from "../../src/figures/imageGrid";

// Four images of 1 x 2 pixels: classes 1, 0, 1, 1.
const set = {
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  labels: Uint8Array.of(1, 0, 1, 1),
  imageShape: [1, 2, 1] as const,
  classCount: 2,
};

describe("imageGrid", () => {
  it("each class has a row of its first images, dark for 255 and white where there are fewer", () => {
    const [{ source }] = imageGrid(set, 2, "").data as { source: string }[];
    const [head, png] = source.split(",");
    assert.equal(head, "data:image/png;base64");
    const { width, height, values } = decodePixels(Buffer.from(png, "base64"), 1);
    assert.deepEqual([width, height], [4, 2]);
    assert.deepEqual(values, [252, 251, 255, 255, 254, 253, 250, 249]);
  });

  it("color images keep their colors", () => {
    // The last image of class 1 does not fit in.
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => i);
    const color = { ...set, pixels, imageShape: [1, 2, 3] as const };
    const [{ source }] = imageGrid(color, 2, "").data as { source: string }[];
    const png = Buffer.from(source.split(",")[1], "base64");
    const { width, height, values } = decodePixels(png, 3);
    assert.deepEqual([width, height], [4, 2]);
    const white = new Array<number>(6).fill(255);
    const [first, second, third] = [0, 6, 12].map((from) => [...pixels.subarray(from, from + 6)]);
    assert.deepEqual(values, [...second, ...white, ...first, ...third]);
  });

  it("the subtitle states how many images there are and how many are shown", () => {
    const { layout } = imageGrid(set, 2, "Digits");
    const { title } = layout as { title: { text: string; subtitle: { text: string } } };
    assert.equal(title.text, "Digits");
    assert.equal(title.subtitle.text, "4 images; the first 2 of each class");
  });

  it("imageGrid rejects images of 2 channels and a grid of 0 columns", () => {
    const pairs = { ...set, pixels: new Uint8Array(16), imageShape: [1, 2, 2] as const };
    assert.throws(() => imageGrid(pairs, 2, ""), /images of 1 or 3 channels, got 2/);
    assert.throws(() => imageGrid(set, 0, ""), /expected 1 column or more, got 0/);
  });
});

/** Pixels of an 8-bit PNG without filters whose only IDAT chunk follows signature and IHDR. */
function decodePixels(
  png: Buffer,
  channels: 1 | 3,
): { width: number; height: number; values: number[] } {
  assert.deepEqual([...png.subarray(24, 29)], [8, channels === 1 ? 0 : 2, 0, 0, 0]);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.equal(png.toString("latin1", 37, 41), "IDAT");
  const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  const length = width * channels + 1;
  assert.equal(lines.length, height * length);
  const values = [...lines].filter((value, i) => {
    if (i % length === 0) assert.equal(value, 0);
    return i % length !== 0;
  });
  return { width, height, values };
}
