/** The names of the colors in page.css. */
export type ColorName =
  "card" | "text" | "muted" | "line" | "grid" | "blue" | "vermilion" | "green" | "purple" | "faint";

/** A color of the theme, light or dark, that the reader's system asks for. */
export function color(name: ColorName): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
}

/** Calls back when the system changes between light and dark. */
export function onThemeChange(listener: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener);
}

/** The font of labels in pictures, of a size in pixels. */
export const font = (size: number, weight = 400) =>
  `${weight} ${size}px system-ui, Helvetica, Arial, sans-serif`;

/** A canvas to draw on, in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

/**
 * Keeps a canvas drawn: `paint` is called when its size or the theme changes.
 *
 * @returns Draws it again.
 */
export function drawnCanvas(
  canvas: HTMLCanvasElement,
  paint: (surface: Surface) => void,
): () => void {
  const context = canvas.getContext("2d")!;
  const redraw = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (width > 0 && height > 0) paint({ context, width, height });
  };
  new ResizeObserver(redraw).observe(canvas);
  onThemeChange(redraw);
  return redraw;
}

/** Draws a line between two places in the context's style. */
export function strokeLine(
  context: CanvasRenderingContext2D,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** Draws a text with a border in the card's color, so that it reads on lines and points. */
export function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  fill: string,
): void {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = color("card");
  context.strokeText(text, x, y);
  context.fillStyle = fill;
  context.fillText(text, x, y);
}

/** Says why there is nothing to see. */
export function noStepYet({ context, width, height }: Surface): void {
  context.font = font(14);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = color("muted");
  context.fillText("after the first step", width / 2, height / 2);
}

/** The next of 1, 2, 5, 10, ... times a power of ten that is at least a value. */
export function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}
