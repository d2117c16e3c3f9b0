import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { color, font, onThemeChange, strokeLine, type ColorName } from "./canvas";

/** A line of a chart. */
export interface Curve {
  readonly name: string;
  readonly color: ColorName;
  readonly dash?: readonly number[];
}

/** How a chart looks. */
export interface ChartOptions {
  /** What it shows, for a screen reader. */
  readonly about: string;
  readonly curves: readonly Curve[];
  readonly isLogarithmic?: boolean;
  /** Shares from 0 to 1, shown in percent. */
  readonly isShare?: boolean;
  /** Text of a value in the legend. */
  readonly format: (value: number) => string;
}

/** A change of a setting, on the time axis of the charts. */
export interface Mark {
  readonly time: number;
  readonly text: string;
}

const HEIGHT = 220;

/** Curves against epochs. */
export class Chart {
  private times: number[] = [];
  private values: (number | null)[][];
  private plot: uPlot | undefined;
  private readonly readouts: HTMLElement[];
  private readonly body = document.createElement("div");

  /** @param marks Changes of settings, drawn as numbered lines. */
  constructor(
    private readonly host: HTMLElement,
    private readonly options: ChartOptions,
    private readonly marks: () => readonly Mark[],
  ) {
    this.values = options.curves.map(() => []);
    this.readouts = options.curves.map(() => document.createElement("span"));
    host.append(this.legend(), this.body);
    new ResizeObserver(() => this.fit()).observe(host);
    onThemeChange(() => this.create());
  }

  /** Adds values at a time; null where a curve has none. */
  add(time: number, values: readonly (number | null)[]): void {
    this.times.push(time);
    values.forEach((value, i) => {
      // A logarithmic axis has no 0.
      const isShown = value !== null && (!this.options.isLogarithmic || value > 0);
      this.values[i].push(isShown ? value : null);
    });
  }

  /** Draws what was added. */
  redraw(): void {
    this.plot?.setData(this.data());
    const texts = this.options.curves.map(({ name }, i) => {
      const last = this.values[i].at(-1);
      const text = last === undefined || last === null ? "-" : this.options.format(last);
      this.readouts[i].textContent = text;
      return `${name} ${text}`;
    });
    this.host.setAttribute("aria-label", `${this.options.about}: ${texts.join(", ")}`);
  }

  /** Forgets all values. */
  clear(): void {
    this.times = [];
    this.values = this.values.map(() => []);
  }

  private data(): uPlot.AlignedData {
    return [this.times, ...this.values];
  }

  private legend(): HTMLElement {
    const list = document.createElement("ul");
    list.className = "legend";
    this.options.curves.forEach((curve, i) => {
      const item = document.createElement("li");
      const stroke = `stroke="var(--${curve.color})" stroke-width="2.5"`;
      const dash = `stroke-dasharray="${curve.dash?.join(" ") ?? "none"}"`;
      item.innerHTML = `<svg aria-hidden="true"><path d="M0 4h22" ${stroke} ${dash} /></svg>`;
      item.append(`${curve.name} `, this.readouts[i]);
      list.append(item);
    });
    return list;
  }

  private fit(): void {
    const width = this.host.clientWidth;
    if (width === 0) return;
    if (this.plot === undefined) this.create();
    else if (this.plot.width !== width) this.plot.setSize({ width, height: HEIGHT });
  }

  private create(): void {
    this.plot?.destroy();
    const options = {
      ...plotOptions(this.options),
      width: this.host.clientWidth,
      hooks: { draw: [(plot: uPlot) => this.drawMarks(plot)] },
    };
    this.plot = new uPlot(options, this.data(), this.body);
  }

  private drawMarks(plot: uPlot): void {
    const { ctx: context, bbox } = plot;
    const ratio = devicePixelRatio;
    context.save();
    context.font = font(11 * ratio);
    context.textAlign = "center";
    context.textBaseline = "top";
    let free = -Infinity;
    this.marks().forEach(({ time }, i) => {
      const x = plot.valToPos(time, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) return;
      context.setLineDash([3 * ratio, 3 * ratio]);
      context.lineWidth = ratio;
      context.strokeStyle = color("muted");
      strokeLine(context, [x, bbox.top], [x, bbox.top + bbox.height]);
      // Numbers that would lie on the last one are left out: the list has them all.
      if (x < free) return;
      free = x + 16 * ratio;
      context.fillStyle = color("card");
      context.fillRect(x - 7 * ratio, bbox.top, 14 * ratio, 13 * ratio);
      context.fillStyle = color("text");
      context.fillText(String(i + 1), x, bbox.top + ratio);
    });
    context.restore();
  }
}

/** The look of a chart in the theme's colors, but for its width. */
function plotOptions({ curves, isLogarithmic = false, isShare = false }: ChartOptions) {
  const axis = {
    stroke: color("muted"),
    font: font(12),
    grid: { stroke: color("grid"), width: 1 },
    ticks: { stroke: color("line"), width: 1, size: 4 },
  };
  const shares = { values: (_: uPlot, splits: number[]) => splits.map((v) => `${100 * v} %`) };
  const series = curves.map(({ color: name, dash = [] }) => ({
    stroke: color(name),
    width: 2,
    dash: [...dash],
    points: { show: false },
  }));
  return {
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: fromZero },
      y: isLogarithmic ? { distr: 3 as const } : { range: isShare ? SHARES : fromZero },
    },
    axes: [
      { ...axis, size: 26, label: "epoch", labelSize: 18, labelFont: font(12), labelGap: 0 },
      { ...axis, size: 50, ...(isShare && shares) },
    ],
    series: [{}, ...series],
  };
}

/** All shares, with room for a line at 1. */
const SHARES: [number, number] = [0, 1.02];

function fromZero(_: uPlot, __: number | null, high: number | null): [number, number] {
  return [0, Math.max(high ?? 1, 1)];
}
