import assert from "node:assert/strict";
import { PNG } from "pngjs";
import { pixelPng } from "../../src/files/pixelPng";

describe("pixelPng", () => {
  it("pixelPng ends with the end chunk of every PNG and its checksum", () => {
    const png = pixelPng(Uint8Array.of(7), 1, 1, 1);
    assert.equal(png.subarray(-12).toString("hex"), "0000000049454e44ae426082");
  });

  it("pixelPng keeps gray and colored pixels unchanged and opaque", () => {
    for (const channels of [1, 3]) {
      const pixels = Uint8Array.from({ length: 6 * channels }, (_, i) => 13 * i);
      const { width, height, data } = PNG.sync.read(pixelPng(pixels, 2, 3, channels));
      assert.deepEqual([height, width], [2, 3]);
      const rgba = Array.from({ length: 24 }, (_, i) => {
        const [pixel, channel] = [Math.floor(i / 4), i % 4];
        if (channel === 3) return 255;
        return pixels[channels * pixel + (channels === 3 ? channel : 0)];
      });
      assert.deepEqual([...data], rgba);
    }
  });

  it("pixelPng rejects other sizes and other numbers of channels", () => {
    assert.throws(() => pixelPng(new Uint8Array(3), 2, 2, 1), /expected 2 x 2 x 1 values, got 3/);
    assert.throws(() => pixelPng(new Uint8Array(8), 2, 2, 2), /1 or 3 channels, got 2/);
  });
});
