import { figureJson, type Figure } from "../figures/figure";
import { figurePng, type PictureSize } from "../figures/pages/figurePng";
import { figureTitle } from "../figures/pages/page";
import { plotlyMime } from "./figureRenderer";

// Not part of tslab's public interface, which sends one form of an output a call.
interface TslabJupyter {
  lastWriteDisplayData:
    | ((
        output: { data: Record<string, unknown>; metadata: object; transient: object },
        update: boolean,
      ) => void)
    | null;
}

const TSLAB = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/** plotly's settings of a figure: nothing offers to upload it. */
const CONFIG = { displaylogo: false, showSendToCloud: false };

/**
 * Shows a figure under the running cell of a tslab notebook, as one output in three forms, of which
 * the reader's program takes the best it knows: `application/vnd.plotly.v1+json` (the live figure),
 * `image/png` (a picture), `text/plain` (the title).
 *
 * Without a Chromium there is no picture; the live figure is still there. A figure that sets its
 * layout's width or height keeps them.
 *
 * @param size Width and height in pixels where the layout sets none; default 700 x 450.
 * @throws {Error} Outside a notebook, or if plotly cannot draw the figure.
 */
export async function show(figure: Figure, size?: PictureSize): Promise<void> {
  // Taken before any waiting: it belongs to the cell that runs now.
  const write = writerOfCell("show()");
  write({ data: await formsOf(figure, size), metadata: {}, transient: {} }, false);
}

/** A figure under a cell that changes while the cell runs. */
export interface LiveFigure {
  /** Puts another figure in its place, unless the last change is too recent. */
  update(figure: Figure): Promise<void>;
  /** Puts a figure in its place that stays: what is kept in the notebook. */
  end(figure: Figure): Promise<void>;
}

/** The least time between two pictures of a live figure, in milliseconds. */
const LIVE_PAUSE = 1000;

/**
 * Shows a figure as {@link show} does, in a place where later ones take its place: the curves of a
 * running training. At most one per second is drawn.
 *
 * @param size As of {@link show}, of all its figures.
 * @throws {Error} As {@link show}.
 */
export async function showLive(figure: Figure, size?: PictureSize): Promise<LiveFigure> {
  const write = writerOfCell("showLive()");
  // Transient: unique in the page, and not kept in the notebook's file.
  const transient = { display_id: `live-figure-${++liveFigures}-${process.pid}` };
  let shownAt = performance.now();
  const draw = async (next: Figure, isUpdate: boolean) => {
    write({ data: await formsOf(next, size), metadata: {}, transient }, isUpdate);
    shownAt = performance.now();
  };
  await draw(figure, false);
  return {
    update: async (next) => {
      if (performance.now() - shownAt >= LIVE_PAUSE) await draw(next, true);
    },
    end: (next) => draw(next, true),
  };
}

let liveFigures = 0;

/**
 * Writer of outputs under the running cell.
 *
 * @param elsewhere What to use instead outside a notebook.
 * @throws {Error} Outside a notebook.
 */
export function writerOfCell(
  what: string,
  elsewhere = "elsewhere use figurePng() for a picture",
): NonNullable<TslabJupyter["lastWriteDisplayData"]> {
  // The kernel may be another copy of tslab than the project's: the one that runs has a writer.
  const loaded = Object.values(require.cache).filter((module) => TSLAB.test(module?.id ?? ""));
  for (const module of loaded) {
    const write = (module!.exports as TslabJupyter).lastWriteDisplayData;
    if (write) return write;
  }
  throw new Error(`${what} draws under a notebook cell that tslab runs; ${elsewhere}`);
}

/** The forms of an output that shows the figure, by their mime types. */
async function formsOf(
  figure: Figure,
  size: PictureSize = { width: 700, height: 450 },
): Promise<Record<string, unknown>> {
  const layout = { ...size, ...figure.layout };
  const sized = { ...figure, layout };
  const png = (await figurePng(sized, layout))?.toString("base64");
  return {
    [plotlyMime]: { ...(JSON.parse(figureJson(sized)) as object), config: CONFIG },
    ...(png && { "image/png": png }),
    "text/plain": figureTitle(sized),
  };
}
