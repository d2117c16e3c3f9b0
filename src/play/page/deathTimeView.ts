import {
  color,
  drawnCanvas,
  font,
  label,
  niceStep,
  noStepYet,
  strokeLine,
  type Surface,
} from "./canvas";

/** Steps whose death times are shown together. */
const STEPS = 8;
const BINS = 32;
const MARGIN = { left: 10, right: 12, top: 26, bottom: 38 };

/**
 * Draws the histogram of the death times of the last steps, with beta as a line; those of 0 are left
 * out, as in the loss.
 */
export function deathTimeView(canvas: HTMLCanvasElement) {
  let steps: readonly Float32Array[] = [];
  let beta = 0;
  let range = 1;
  const redraw = drawnCanvas(canvas, (surface) => paint(surface, steps, beta, range));
  return {
    show(added: readonly Float32Array[], newBeta: number): string {
      const positive = added.map((times) => times.filter((time) => time > 0));
      steps = [...steps, ...positive].slice(-STEPS);
      beta = newBeta;
      range = rangeFor(steps, beta, range);
      redraw();
      const times = steps.flatMap((own) => [...own]);
      const above = times.filter((time) => time > beta).length;
      return times.length === 0
        ? "Histogram of death times: no step yet"
        : `Histogram of ${times.length} death times: ${above} are above beta = ${beta.toFixed(2)}`;
    },
    clear(): void {
      steps = [];
    },
  };
}

/** The range of the axis: it grows when times leave it, and shrinks when half of it is empty. */
function rangeFor(steps: readonly Float32Array[], beta: number, range: number): number {
  const times = steps.flatMap((own) => [...own]).sort((a, b) => a - b);
  if (times.length === 0) return Math.max(range, niceStep(1.25 * beta || 1));
  const largest = Math.max(times[Math.floor(0.995 * (times.length - 1))], 1.05 * beta);
  const wanted = niceStep(Math.max(largest, 1e-3));
  return largest > range || largest < 0.4 * range ? wanted : range;
}

function paint(
  { context, width, height }: Surface,
  steps: readonly Float32Array[],
  beta: number,
  range: number,
): void {
  const plotWidth = width - MARGIN.left - MARGIN.right;
  const floor = height - MARGIN.bottom;
  const x = (time: number) => MARGIN.left + (time / range) * plotWidth;
  const counts = new Uint32Array(BINS);
  let total = 0;
  for (const times of steps)
    for (const time of times) {
      counts[Math.min(BINS - 1, Math.floor((time / range) * BINS))]++;
      total++;
    }
  const largest = Math.max(...counts, 1);
  counts.forEach((count, bin) => {
    const [from, to] = [x((bin * range) / BINS), x(((bin + 1) * range) / BINS)];
    const top = floor - (count / largest) * (floor - MARGIN.top);
    context.fillStyle = color(((bin + 0.5) * range) / BINS > beta ? "blue" : "vermilion");
    context.fillRect(from + 0.5, top, to - from - 1, floor - top);
  });
  paintAxis(context, x, range, floor, width);
  if (total === 0) noStepYet({ context, width, height });
  paintBeta(context, x(beta), beta, floor, width);
}

function paintAxis(
  context: CanvasRenderingContext2D,
  x: (time: number) => number,
  range: number,
  floor: number,
  width: number,
): void {
  context.strokeStyle = color("line");
  context.lineWidth = 1;
  strokeLine(context, [MARGIN.left, floor + 0.5], [width - MARGIN.right, floor + 0.5]);
  context.font = font(12);
  context.fillStyle = color("muted");
  context.textAlign = "center";
  context.textBaseline = "top";
  const step = niceStep(range / 5);
  for (let i = 0; i * step <= range * 1.001; i++) {
    const text = String(Number((i * step).toPrecision(3)));
    const half = context.measureText(text).width / 2;
    const at = Math.min(Math.max(x(i * step), half), width - half);
    context.fillText(text, at, floor + 5);
  }
  context.fillText("death time d, in the unit of the features", width / 2, floor + 21);
}

function paintBeta(
  context: CanvasRenderingContext2D,
  at: number,
  beta: number,
  floor: number,
  width: number,
): void {
  context.strokeStyle = color("text");
  context.lineWidth = 2;
  strokeLine(context, [at, MARGIN.top - 6], [at, floor]);
  const text = `beta = ${beta.toFixed(2)}`;
  context.font = font(13);
  const half = context.measureText(text).width / 2;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const middle = Math.min(Math.max(at, half + 4), width - half - 4);
  label(context, text, middle, 10, color("text"));
}
