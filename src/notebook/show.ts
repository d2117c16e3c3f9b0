import { createHash } from "node:crypto";
import { figureJson, type Figure } from "../figures/figure";
import { figureHtml } from "./figureHtml";
import { figurePng, type PictureSize } from "./figurePng";

// Not part of tslab's public interface, which sends one form of an output a call.
interface TslabJupyter {
  lastWriteDisplayData:
    | ((
        output: { data: Record<string, unknown>; metadata: object; transient: object },
        update: boolean,
      ) => void)
    | null;
}

let figuresShown = 0;

/**
 * Shows a figure under the running cell of a tslab notebook, as one output in three forms, of which
 * the reader's program takes the best it knows: `application/vnd.plotly.v1+json`, `text/html`
 * (the picture, replaced by the live figure where scripts run and plotly.js loads), `image/png`.
 *
 * Without a Chromium there is no picture; the live figure is still there. A figure that sets its
 * layout's width or height keeps them.
 *
 * @param size Width and height in pixels where the layout sets none; default 700 x 450.
 * @throws {Error} Outside a notebook, or if plotly cannot draw the figure.
 */
export async function show(
  figure: Figure,
  size: PictureSize = { width: 700, height: 450 },
): Promise<void> {
  // Taken before any waiting: it belongs to the cell that runs now.
  const write = (require("tslab/dist/jupyter.js") as TslabJupyter).lastWriteDisplayData;
  if (!write) {
    throw new Error(
      "show() draws under a notebook cell that tslab runs; elsewhere use figurePng() for a picture",
    );
  }
  const layout = { ...size, ...figure.layout };
  const sized = { ...figure, layout };
  const png = (await figurePng(sized, layout))?.toString("base64");
  const json = figureJson(sized);
  figuresShown += 1;
  const data: Record<string, unknown> = {
    "application/vnd.plotly.v1+json": JSON.parse(json) as unknown,
    "text/html": figureHtml(json, figureId(json), png),
  };
  if (png) data["image/png"] = png;
  write({ data, metadata: {}, transient: {} }, false);
}

// The same notebook executed again must give the same text, so nothing random is in it.
function figureId(json: string): string {
  const digest = createHash("sha256").update(json).digest("hex").slice(0, 12);
  return `figure-${figuresShown}-${digest}`;
}
