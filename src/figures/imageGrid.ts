import { imageSize, type ImageSet } from "../data/imageSet";
import type { Figure } from "./figure";
import { layout } from "./theme";
import { pixelPng } from "../files/pixelPng";

/**
 * Examples of each class as one picture: a row a class, its first `columns` examples in the set's
 * order; white where a class has fewer. Of gray images a pixel of 255 is black, as ink on paper;
 * colors are as they are.
 *
 * The picture is in the figure as a PNG: a heatmap's numbers take twenty times the room.
 *
 * @param title What the images are.
 * @throws {RangeError} If the images have neither 1 nor 3 channels, or `columns` is no whole number
 *   from 1.
 */
export function imageGrid(set: ImageSet, columns: number, title: string): Figure {
  const [height, width, channels] = set.imageShape;
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`expected images of 1 or 3 channels, got ${channels} channels`);
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`expected 1 column or more, got ${columns}`);
  const pixels = gridPixels(set, columns);
  const png = pixelPng(pixels, set.classCount * height, columns * width, channels);
  const source = `data:image/png;base64,${png.toString("base64")}`;
  const classes = Array.from({ length: set.classCount }, (_, label) => label);
  const subtitle = `${set.labels.length} images; the first ${columns} of each class`;
  const x = { title: { text: "" }, visible: false };
  const y = {
    title: { text: "class" },
    scaleanchor: "x",
    constrain: "domain",
    showgrid: false,
    ticks: "",
    showline: false,
    tickvals: classes.map((label) => (label + 0.5) * height - 0.5),
    ticktext: classes,
  };
  const look = layout(title, subtitle, x, y);
  const picture = { type: "image", source, hoverinfo: "skip" };
  return { data: [picture], layout: { ...look, hovermode: false } };
}

/** (classCount * height) x (columns * width) x channels values. */
function gridPixels(set: ImageSet, columns: number): Uint8Array {
  const [height, width, channels] = set.imageShape;
  const size = imageSize(set);
  const length = width * channels;
  const pixels = new Uint8Array(set.classCount * columns * size).fill(255);
  for (let label = 0; label < set.classCount; label++)
    firstRows(set, label, columns).forEach((row, column) => {
      for (let k = 0; k < size; k++) {
        const line = label * height + Math.floor(k / length);
        const value = set.pixels[row * size + k];
        pixels[(line * columns + column) * length + (k % length)] =
          channels === 1 ? 255 - value : value;
      }
    });
  return pixels;
}

function firstRows({ labels }: ImageSet, label: number, count: number): number[] {
  const rows = [...labels.keys()].filter((row) => labels[row] === label);
  return rows.slice(0, count);
}
