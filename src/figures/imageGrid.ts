import { imageSize, type ImageSet } from "../data/imageSet";
import type { Figure } from "./figure";
import { layout } from "./look";

/**
 * Examples of each class as one picture: a row a class, its first `columns` examples in the set's
 * order; empty where a class has fewer. Dark is 255.
 *
 * @param title What the images are.
 * @throws {RangeError} If the images have more than one channel.
 */
export function imageGrid(set: ImageSet, columns: number, title: string): Figure {
  const [height, width, channels] = set.imageShape;
  if (channels !== 1)
    throw new RangeError(`expected images of 1 channel, got ${channels} channels`);
  const z = Array.from({ length: set.classCount * height }, () => new Uint8Array(columns * width));
  for (let label = 0; label < set.classCount; label++)
    firstRows(set, label, columns).forEach((row, column) => {
      for (let line = 0; line < height; line++) {
        const from = row * imageSize(set) + line * width;
        z[label * height + line].set(set.pixels.subarray(from, from + width), column * width);
      }
    });
  const colorscale = [[0, "#ffffff"], [1, "#000000"]]; // prettier-ignore
  const heatmap = { type: "heatmap", z, zmin: 0, zmax: 255, colorscale, showscale: false };
  const classes = Array.from({ length: set.classCount }, (_, label) => label);
  const subtitle = `${set.labels.length} images; the first ${columns} of each class`;
  const x = { title: { text: "" }, visible: false };
  const y = {
    title: { text: "class" },
    ...{ autorange: "reversed", scaleanchor: "x", constrain: "domain", showgrid: false },
    ...{ tickvals: classes.map((label) => (label + 0.5) * height), ticktext: classes },
  };
  const look = layout(title, subtitle, x, y);
  return { data: [{ ...heatmap, hoverinfo: "skip" }], layout: { ...look, hovermode: false } };
}

function firstRows({ labels }: ImageSet, label: number, count: number): number[] {
  const rows = [...labels.keys()].filter((row) => labels[row] === label);
  return rows.slice(0, count);
}
