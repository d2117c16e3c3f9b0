/** A plotly axis with its title. */
export interface Axis {
  readonly title: { readonly text: string };
  readonly [setting: string]: unknown;
}

/** Colors of Okabe and Ito, which color-blind readers can tell apart and which read on white. */
const COLORS = {
  black: "#000000",
  orange: "#e69f00",
  blue: "#0072b2",
  green: "#009e73",
  vermilion: "#d55e00",
  purple: "#cc79a7",
  skyBlue: "#56b4e9",
} as const;

/** Look of a regularizer's line. */
export interface LineLook {
  readonly color: string;
  /** plotly's name of the pattern. "dot" and "dash" are left for second quantities of a figure. */
  readonly dash: "solid" | "longdash" | "dashdot" | "longdashdot";
}

const { black, orange, blue, green, vermilion, purple, skyBlue } = COLORS;
const VARIANTS = ["solid", "longdash", "dashdot", "longdashdot"] as const;

/** Families in one color; variants in the order of {@link VARIANTS}. */
const FAMILIES: readonly (readonly [color: string, ...names: string[]])[] = [
  [black, "vanilla", "vanilla-plain", "label-smoothing"],
  [orange, "hofer", "hofer-l1"],
  [blue, "sliding", "sliding-l1"],
  [skyBlue, "weight-only", "hinge", "squared"],
  [green, "beta-only", "center-loss", "simplex-classifier"],
  [vermilion, "collapse-at-once", "jacobian"],
  [purple, "decov", "variance-regularization", "class-wise-covariance", "class-wise-variance"],
];
const FIXED = new Map<string, LineLook>(
  FAMILIES.flatMap(([color, ...names]) =>
    names.map((name, i) => [name, { color, dash: VARIANTS[i] }] as const),
  ),
);
const FOLLOWING: readonly LineLook[] = VARIANTS.flatMap((dash) =>
  [green, vermilion, purple, skyBlue].map((color) => ({ color, dash })),
);

/** Colors of death times below beta, whose points are pushed apart, and above it, pulled together. */
export const BELOW_BETA = COLORS.vermilion;
export const ABOVE_BETA = COLORS.blue;
/** Color of everything that is neither: points, edges, notes. */
export const NEUTRAL = "#555555";
/** Color of the background, such as the classes that a figure is not about. */
export const FAINT = "#b8b8b8";

/** Colors of the few classes that a figure is about, in their order. */
export const CLASS_COLORS = [blue, vermilion, green, purple] as const;
/** The same classes told apart without color: plotly's names, of 2-D and 3-D figures alike. */
export const CLASS_SYMBOLS = ["circle", "square", "diamond", "cross"] as const;

/**
 * A color and a pattern for each name. The regularizers of the presets have theirs in every figure,
 * those that belong together in one color; other names take what follows in alphabetical order,
 * without the looks of the names beside them, from the first again when all are taken.
 *
 * @see Okabe and Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
 */
export function regularizerLooks(names: readonly string[]): Map<string, LineLook> {
  const others = [...new Set(names)].filter((name) => !FIXED.has(name)).sort();
  const taken = names.map((name) => FIXED.get(name));
  const isFree = (look: LineLook) =>
    taken.every((own) => own?.color !== look.color || own.dash !== look.dash);
  const free = FOLLOWING.filter(isFree);
  return new Map(
    names.map((name) => [name, FIXED.get(name) ?? free[others.indexOf(name) % free.length]]),
  );
}

/** A color `#rrggbb` with an opacity from 0 to 1, as CSS. */
export function translucent(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}

/**
 * The layout that all figures share: white, a light grid, the legend under the plot.
 *
 * @param title What is drawn.
 * @param subtitle The data set, n, and what marks mean, separated by "; ", where lines may break.
 */
export function layout(title: string, subtitle: string, xaxis: Axis, yaxis: Axis): object {
  const lines = wrapped(subtitle);
  return {
    title: {
      text: title,
      // Titles are not wrapped: 40 characters of this size fit a phone.
      font: { size: 16 },
      subtitle: { text: lines.join(";<br>"), font: { size: 12, color: NEUTRAL } },
      x: 0.02,
    },
    font: { family: "system-ui, Helvetica, Arial, sans-serif", size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 70, r: 20, t: 80 + SUBTITLE_LINE * (lines.length - 1), b: 60 },
    xaxis: axis(xaxis),
    yaxis: axis(yaxis),
    legend: { orientation: "h", x: 0, xanchor: "left", y: -0.27, yanchor: "top" },
    hovermode: "x unified",
  };
}

/** Characters of the subtitle's size that fit a phone, and pixels from a line to the next. */
const SUBTITLE_WIDTH = 52;
const SUBTITLE_LINE = 15;

/** Parts of a text put together to lines. */
function wrapped(text: string): string[] {
  return text.split("; ").reduce<string[]>((lines, part) => {
    const longer = lines.length === 0 ? part : `${lines[lines.length - 1]}; ${part}`;
    return longer.length <= SUBTITLE_WIDTH || lines.length === 0
      ? [...lines.slice(0, -1), longer]
      : [...lines, part];
  }, []);
}

/** An axis as all figures have it. */
export function axis(settings: Axis): object {
  const lines = { gridcolor: "#e4e4e4", linecolor: "#888888", zeroline: false };
  return { ...lines, showline: true, ticks: "outside", automargin: true, ...settings };
}
