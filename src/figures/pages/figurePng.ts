import { homedir, tmpdir } from "node:os";
import type { Browser, Page } from "playwright-core";
import { figureJson, type Figure } from "../figure";
import { loadPackage } from "../../files/loadPackage";
import { pixelPng } from "../../files/pixelPng";
import { findChromium } from "./chromium";
import { plotlyFile } from "./page";

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
 * A figure as a PNG picture, on white, drawn by plotly in a headless Chromium. Nothing is downloaded.
 * Packed anew, the file has about two thirds of Chromium's bytes: notebooks keep many.
 *
 * @returns The file's bytes, or `undefined` if there is no Chromium (`findChromium`) or it does
 *   not start; a warning reports it once.
 * @throws {Error} If plotly cannot draw the figure, or playwright-core is not installed.
 */
export async function figurePng(figure: Figure, size: PictureSize): Promise<Buffer | undefined> {
  return onPage(async (page) => {
    const { width, height, rgb } = await pixelsOf(page, await draw(page, figure, size, "png"));
    return pixelPng(Buffer.from(rgb, "base64"), height, width, 3);
  });
}

/** A figure as SVG text, as {@link figurePng} has it; 3-D figures hold a picture of pixels. */
export async function figureSvg(figure: Figure, size: PictureSize): Promise<string | undefined> {
  return onPage(async (page) => {
    const url = await draw(page, figure, size, "svg");
    return decodeURIComponent(url.slice(url.indexOf(",") + 1));
  });
}

/** Does something on the page with plotly; `undefined` without a Chromium. */
async function onPage<T>(act: (page: Page) => Promise<T>): Promise<T | undefined> {
  clearTimeout(idle);
  waiting += 1;
  try {
    drawing ??= openDrawing();
    const page = (await drawing)?.page;
    return page && (await act(page));
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
  if (!hasHome()) process.env.HOME = tmpdir();
  const { chromium } = loadPackage<typeof import("playwright-core")>("playwright-core", "pictures");
  try {
    const browser = await chromium.launch({
      executablePath,
      // Chromium's sandbox refuses to run as root, which is who runs in a container.
      chromiumSandbox: process.getuid?.() !== 0,
      // In a notebook SIGINT stops a cell; playwright would end the kernel.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const page = await browser.newPage();
    await page.addScriptTag({ path: plotlyFile() });
    return { browser, page };
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    process.emitWarning(`figures have no PNG: ${executablePath} does not start (${reason})`);
    return undefined;
  }
}

/** Whether this user has a home folder, without which neither playwright-core nor Chromium starts. */
function hasHome(): boolean {
  try {
    return homedir() !== "";
  } catch {
    return false;
  }
}

/** The picture as a data URL. */
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

/** The pixels of a picture on white: red, green and blue of each, as base64. */
async function pixelsOf(page: Page, url: string): Promise<PictureSize & { readonly rgb: string }> {
  return page.evaluate(async (source) => {
    const { Image, document, btoa } = globalThis as unknown as PageGlobals;
    const image = new Image();
    image.src = source;
    await image.decode();
    const { width, height } = image;
    const context = Object.assign(document.createElement("canvas"), { width, height }).getContext(
      "2d",
    );
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let bytes = "";
    for (let i = 0; i < data.length; i += 4)
      bytes += String.fromCharCode(data[i], data[i + 1], data[i + 2]);
    return { width, height, rgb: btoa(bytes) };
  }, url);
}

/** The globals of a page that are used here. */
interface PageGlobals {
  readonly Image: new () => PictureSize & { src: string; decode(): Promise<void> };
  readonly document: {
    createElement(name: "canvas"): { getContext(kind: "2d"): DrawingContext };
  };
  readonly btoa: (bytes: string) => string;
}

interface DrawingContext {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: object, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

type PictureFormat = "png" | "svg";

interface PlotlyLibrary {
  toImage(figure: unknown, options: PictureSize & { format: PictureFormat }): Promise<string>;
}
