/**
 * A plotly figure: what `Plotly.newPlot(element, data, layout)` takes.
 *
 * Typed arrays may stand wherever plotly takes an array of numbers.
 *
 * @see https://plotly.com/javascript/reference/
 */
export interface Figure {
  /** The traces, drawn in this order. */
  readonly data: object[];
  /** Titles, axes, sizes in pixels, annotations. */
  readonly layout: object;
  /** The states of an animation, if it is one. */
  readonly frames?: readonly object[];
}

// Enough for a drawing, and a third of the text that a float32 prints as a float64.
const float32Digits = 7;

/**
 * A figure as JSON text that plotly reads: typed arrays become plain ones.
 *
 * Values of a Float32Array are rounded to 7 significant digits. NaN and infinities become null,
 * which plotly draws as a gap.
 */
export function figureJson({ data, layout, frames }: Figure): string {
  return JSON.stringify({ data, layout, frames }, (_key, value: unknown) => {
    if (value instanceof Float32Array) {
      return Array.from(value, (number) => Number(number.toPrecision(float32Digits)));
    }
    return ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? Array.from(value as Float64Array)
      : value;
  });
}
