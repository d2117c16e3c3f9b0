import { chromium, type Browser, type Page } from "playwright-core";
import { figureJson, type Figure } from "../figures/figure";
import { findChromium } from "./chromium";

/** Size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

interface Drawing {
  readonly browser: Browser;
  readonly page: Page;
}

// A browser takes seconds to start and a figure a tenth of one: it is kept for the next figure,
// and closed after this many milliseconds without one, since it keeps the process from ending.
const idleMilliseconds = 2000;

let drawing: Promise<Drawing | undefined> | undefined;
let waiting = 0;
let idle: NodeJS.Timeout | undefined;

/**
 * A figure as a PNG picture, drawn by plotly in a headless Chromium. Nothing is downloaded.
 *
 * @returns The file's bytes, or `undefined` if there is no Chromium (`findChromium`) or it does
 *   not start, which is told once as a warning.
 * @throws {Error} If plotly cannot draw the figure.
 */
export async function figurePng(figure: Figure, size: PictureSize): Promise<Buffer | undefined> {
  const url = await figureUrl(figure, size, "png");
  return url === undefined ? undefined : Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/** A figure as SVG text, as {@link figurePng} has it; 3-D figures hold a picture of pixels. */
export async function figureSvg(figure: Figure, size: PictureSize): Promise<string | undefined> {
  const url = await figureUrl(figure, size, "svg");
  return url === undefined ? undefined : decodeURIComponent(url.slice(url.indexOf(",") + 1));
}

/** The picture as a data URL. */
async function figureUrl(
  figure: Figure,
  size: PictureSize,
  format: PictureFormat,
): Promise<string | undefined> {
  clearTimeout(idle);
  waiting += 1;
  try {
    drawing ??= openDrawing();
    const page = (await drawing)?.page;
    return page && (await draw(page, figure, size, format));
  } finally {
    waiting -= 1;
    if (waiting === 0) idle = setTimeout(() => void closeDrawing(), idleMilliseconds);
  }
}

/** Closes the browser that `figurePng` keeps for the next figure; it opens again when needed. */
export async function closeDrawing(): Promise<void> {
  clearTimeout(idle);
  const closing = drawing;
  drawing = undefined;
  await (await closing)?.browser.close();
}

async function openDrawing(): Promise<Drawing | undefined> {
  const executablePath = findChromium();
  if (!executablePath) return undefined;
  try {
    const browser = await chromium.launch({
      executablePath,
      // Chromium's sandbox refuses to run as root, which is who runs in a container.
      chromiumSandbox: process.getuid?.() !== 0,
      // In a notebook SIGINT stops a cell; playwright would end the kernel.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    });
    const page = await browser.newPage();
    await page.addScriptTag({ path: require.resolve("plotly.js-dist") });
    return { browser, page };
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    process.emitWarning(`figures have no PNG: ${executablePath} does not start (${reason})`);
    return undefined;
  }
}

async function draw(
  page: Page,
  figure: Figure,
  size: PictureSize,
  format: PictureFormat,
): Promise<string> {
  return page.evaluate(
    async ({ json, ...options }) => {
      const { Plotly } = globalThis as unknown as { Plotly: PlotlyLibrary };
      return await Plotly.toImage(JSON.parse(json), options);
    },
    { json: figureJson(figure), format, ...size },
  );
}

type PictureFormat = "png" | "svg";

interface PlotlyLibrary {
  toImage(figure: unknown, options: PictureSize & { format: PictureFormat }): Promise<string>;
}
