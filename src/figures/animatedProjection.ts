import type { Figure } from "./figure";

/** A projection of the features behind one epoch. */
export interface ProjectionFrame {
  readonly epoch: number;
  /** From `simplexProjection`; of the same classes in every frame. */
  readonly figure: Figure;
}

interface Trace {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z?: ArrayLike<number>;
}

/** Space around the points, as a part of their extent. */
const MARGIN = 0.06;
const FRAME_MILLISECONDS = 600;
/** Pixels under the plot: of the axis's numbers and title, of the buttons, and of the slider. */
const AXIS_HEIGHT = 55;
const BUTTONS_HEIGHT = 45;
const SLIDER_HEIGHT = 60;

/**
 * Projections of several epochs as one figure with a slider over the epochs and a button that plays
 * them. All frames have the same axes, wide enough for each; the first is shown until one moves the
 * slider, and stays where nothing moves.
 *
 * @throws {RangeError} If there is no frame, or frames have different numbers of traces.
 */
export function animatedProjection(frames: readonly ProjectionFrame[]): Figure {
  if (frames.length === 0) throw new RangeError("expected 1 frame or more, got 0");
  const [first] = frames;
  const stray = frames.find(({ figure }) => figure.data.length !== first.figure.data.length);
  if (stray)
    throw new RangeError(
      `expected ${first.figure.data.length} traces in each frame, ` +
        `got ${stray.figure.data.length} at epoch ${stray.epoch}`,
    );
  const { data, layout } = first.figure;
  const { height } = layout as { height: number };
  const controls = {
    sliders: [slider(frames)],
    updatemenus: [playButtons()],
    height: height + BUTTONS_HEIGHT + SLIDER_HEIGHT,
  };
  return {
    data,
    layout: { ...layout, ...commonAxes(frames), ...controls },
    frames: frames.map(({ epoch, figure }) => ({ name: `${epoch}`, data: figure.data })),
  };
}

/** The layout's axes with ranges that hold every frame. */
function commonAxes(frames: readonly ProjectionFrame[]): object {
  const traces = frames.flatMap(({ figure }) => figure.data as Trace[]);
  const layout = frames[0].figure.layout as Record<string, Record<string, object>>;
  const [x, y] = [(t: Trace) => t.x, (t: Trace) => t.y].map((of) => extent(traces.map(of)));
  if (!layout.scene)
    return { xaxis: { ...layout.xaxis, range: x }, yaxis: { ...layout.yaxis, range: y } };
  const z = extent(traces.map((t) => t.z!));
  const { scene } = layout;
  const axes = { xaxis: { ...scene.xaxis, range: x }, yaxis: { ...scene.yaxis, range: y } };
  return { scene: { ...scene, ...axes, zaxis: { ...scene.zaxis, range: z } } };
}

function extent(lists: readonly ArrayLike<number>[]): [number, number] {
  let [least, largest] = [Infinity, -Infinity];
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      least = Math.min(least, values[i]);
      largest = Math.max(largest, values[i]);
    }
  const around = MARGIN * (largest - least);
  return [least - around, largest + around];
}

// Without redraw, plotly does not move points in 3-D.
const motion = (duration: number) => ({
  mode: "immediate",
  frame: { duration, redraw: true },
  transition: { duration: 0 },
});

function slider(frames: readonly ProjectionFrame[]): object {
  return {
    active: 0,
    x: 0,
    len: 1,
    y: 0,
    pad: { t: AXIS_HEIGHT + BUTTONS_HEIGHT / 4 },
    currentvalue: { prefix: "epoch ", xanchor: "right", offset: BUTTONS_HEIGHT / 2 },
    steps: frames.map(({ epoch }) => ({
      label: `${epoch}`,
      method: "animate",
      args: [[`${epoch}`], motion(0)],
    })),
  };
}

function playButtons(): object {
  return {
    type: "buttons",
    showactive: false,
    direction: "left",
    x: 0,
    xanchor: "left",
    y: 0,
    yanchor: "top",
    pad: { t: AXIS_HEIGHT },
    bgcolor: "#ffffff",
    buttons: [
      { label: "play", method: "animate", args: [null, motion(FRAME_MILLISECONDS)] },
      { label: "pause", method: "animate", args: [[null], motion(0)] },
    ],
  };
}
