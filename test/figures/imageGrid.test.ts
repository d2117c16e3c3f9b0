import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { grayPng } from "../../src/figures/grayPng";
import { imageGrid } from "../../src/figures/imageGrid";

// Four images of 1 x 2 pixels: classes 1, 0, 1, 1.
const set = {
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  labels: Uint8Array.of(1, 0, 1, 1),
  imageShape: [1, 2, 1] as const,
  classCount: 2,
};

describe("a grid of images", () => {
  it("has a row a class with its first images, dark for 255, white where there are fewer", () => {
    const [{ source }] = imageGrid(set, 2, "").data as { source: string }[];
    const [head, png] = source.split(",");
    assert.equal(head, "data:image/png;base64");
    const { width, height, gray } = decodeGray(Buffer.from(png, "base64"));
    assert.deepEqual([width, height], [4, 2]);
    assert.deepEqual(gray, [252, 251, 255, 255, 254, 253, 250, 249]);
  });

  it("says how many images there are and how many are shown", () => {
    const { layout } = imageGrid(set, 2, "Digits");
    const { title } = layout as { title: { text: string; subtitle: { text: string } } };
    assert.equal(title.text, "Digits");
    assert.equal(title.subtitle.text, "4 images; the first 2 of each class");
  });

  it("is of gray images only, and of 1 column or more", () => {
    const color = { ...set, pixels: new Uint8Array(24), imageShape: [1, 2, 3] as const };
    assert.throws(() => imageGrid(color, 2, ""), /images of 1 channel, got 3/);
    assert.throws(() => imageGrid(set, 0, ""), /expected 1 column or more, got 0/);
  });
});

describe("gray values as a PNG", () => {
  it("end with the chunk that ends every PNG, its checksum included", () => {
    const png = grayPng(Uint8Array.of(7), 1, 1);
    assert.equal(png.subarray(-12).toString("hex"), "0000000049454e44ae426082");
  });

  it("are of the size said", () => {
    assert.throws(() => grayPng(new Uint8Array(3), 2, 2), /expected 2 x 2 gray values, got 3/);
  });
});

/** Of a PNG of 8 bits a pixel with one IDAT chunk, behind signature and IHDR, and no filters. */
function decodeGray(png: Buffer): { width: number; height: number; gray: number[] } {
  assert.deepEqual([...png.subarray(24, 29)], [8, 0, 0, 0, 0]);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.equal(png.toString("latin1", 37, 41), "IDAT");
  const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  assert.equal(lines.length, height * (width + 1));
  const gray = [...lines].filter((value, i) => {
    if (i % (width + 1) === 0) assert.equal(value, 0);
    return i % (width + 1) !== 0;
  });
  return { width, height, gray };
}
