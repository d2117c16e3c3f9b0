import path from "node:path";
import { atomicWrite } from "../../files/atomicWrite";
import type { RunRecord } from "../../runs/record";
import type { Figure } from "../figure";
import { figureTitle, htmlPage, plotlyText } from "./page";
import { studyFigures } from "./studyFigures";
import { closeDrawing, figurePng, figureSvg } from "./figurePng";

/** How figures can be written. */
export const FIGURE_FORMATS = ["html", "png", "svg"] as const;
export type FigureFormat = (typeof FIGURE_FORMATS)[number];

const SIZE = { width: 900, height: 500 };
const PLOTLY_FILE = "plotly.js";

/**
 * Writes all figures of a study into a folder, a file each by its name. Pages (html) are interactive
 * and load the one `plotly.js` that is put beside them; pictures (png, svg) are 900 pixels wide.
 *
 * @param folder Is there.
 * @returns The files' names, in the order of the study.
 * @throws {Error} If pictures are asked for and there is no Chromium, or a file cannot be written.
 */
export async function writeFigures(
  records: readonly RunRecord[],
  folder: string,
  format: FigureFormat,
): Promise<string[]> {
  const figures = studyFigures(records);
  if (format === "html") await atomicWrite(path.join(folder, PLOTLY_FILE), await plotlyText());
  try {
    for (const study of figures) {
      const file = path.join(folder, `${study.name}.${format}`);
      if (format !== "html") await atomicWrite(file, await picture(study.figure, format));
      else {
        const source = { source: PLOTLY_FILE };
        await atomicWrite(file, htmlPage(figureTitle(study.figure), "", [study], source));
      }
    }
  } finally {
    await closeDrawing();
  }
  return figures.map(({ name }) => `${name}.${format}`);
}

async function picture(figure: Figure, format: "png" | "svg"): Promise<Buffer | string> {
  const { height = SIZE.height } = figure.layout as { height?: number };
  const drawn = await (format === "png" ? figurePng : figureSvg)(figure, { ...SIZE, height });
  if (drawn === undefined)
    throw new Error("pictures are drawn by Chromium, and none was found; --format html needs none");
  return drawn;
}
