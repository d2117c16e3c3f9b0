import type { ColorName } from "./canvas";

/** Color and symbol of each of the three chosen classes, so that neither has to tell alone. */
export const CLASS_LOOKS: readonly { readonly color: ColorName; readonly path: Symbol }[] = [
  { color: "blue", path: circle },
  { color: "vermilion", path: square },
  { color: "green", path: diamond },
];

/** Adds a symbol around a point to the current path. */
export type Symbol = (context: CanvasPath, x: number, y: number, radius: number) => void;

export function circle(context: CanvasPath, x: number, y: number, radius: number): void {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function square(context: CanvasPath, x: number, y: number, radius: number): void {
  const half = 0.88 * radius;
  context.rect(x - half, y - half, 2 * half, 2 * half);
}

function diamond(context: CanvasPath, x: number, y: number, radius: number): void {
  const half = 1.25 * radius;
  context.moveTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.lineTo(x - half, y);
  context.closePath();
}
