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
  /** plotly's name of the marker. */
  readonly symbol: string;
}

const { black, orange, blue, green, vermilion, purple, skyBlue } = COLORS;
const look = (color: string, dash: LineLook["dash"], symbol: string): LineLook => ({
  color,
  dash,
  symbol,
});

/** Each regularizer has a color and a marker of its own; variants also differ in their pattern. */
const FIXED: Readonly<Record<string, LineLook>> = {
  vanilla: look(black, "solid", "circle"),
  hofer: look(orange, "solid", "square"),
  sliding: look(blue, "solid", "diamond"),
  "beta-only": look(green, "solid", "triangle-up"),
  "collapse-at-once": look(vermilion, "solid", "triangle-down"),
  decov: look(purple, "solid", "cross"),
  "weight-only": look(skyBlue, "solid", "x"),
  "vanilla-plain": look("#554466", "longdash", "circle-open"),
  "hofer-l1": look("#992222", "longdash", "square-open"),
  "sliding-l1": look("#7766ff", "longdash", "diamond-open"),
  hinge: look("#99cc77", "dashdot", "x-open"),
  squared: look("#6699ff", "longdash", "star"),
  "center-loss": look("#447777", "longdash", "triangle-up-open"),
  "simplex-classifier": look("#bb7744", "dashdot", "pentagon"),
  jacobian: look("#bb1100", "dashdot", "triangle-down-open"),
  "variance-regularization": look("#ff99aa", "longdash", "cross-open"),
  "class-wise-covariance": look("#0044aa", "longdashdot", "hexagon"),
  "class-wise-variance": look("#55ccdd", "longdashdot", "hexagon-open"),
  "label-smoothing": look("#883344", "dashdot", "star-open"),
};

/**
 * Colors of figures on a dark page, by those of a white one, as they stand in a figure's JSON; colors
 * that are not here are seen on both.
 */
export const DARK: Readonly<Record<string, string>> = {
  "#ffffff": "#16181c",
  "rgba(255,255,255,": "rgba(22,24,28,",
  "#000000": "#f0f0f0",
  "rgba(0,0,0,": "rgba(240,240,240,",
  "#222222": "#e2e2e2",
  "#555555": "#b4b4b4",
  "#888888": "#8c8c8c",
  "#b8b8b8": "#5e6066",
  "#e4e4e4": "#33363b",
  "#554466": "#ffffcc",
  "#992222": "#aa4444",
  "#bb1100": "#8811ff",
  "#0044aa": "#2266cc",
  "#883344": "#ffdd44",
};

/** Colors of death times below beta, whose points are pushed apart, and above it, pulled together. */
export const BELOW_BETA = COLORS.vermilion;
export const ABOVE_BETA = COLORS.blue;
/** Color of everything that is neither: points, edges, notes. */
export const NEUTRAL = "#555555";
/** Color of a plot's grid. */
export const GRID = "#e4e4e4";
/** Color of the background, such as the classes that a figure is not about. */
export const FAINT = "#b8b8b8";

/** Colors of the few classes that a figure is about, in their order. */
export const CLASS_COLORS = [blue, vermilion, green, purple] as const;
/** The same classes told apart without color: plotly's names, of 2-D and 3-D figures alike. */
export const CLASS_SYMBOLS = ["circle", "square", "diamond", "cross"] as const;

/**
 * A color, a pattern and a marker for each name. The regularizers of the presets have theirs in every
 * figure; other names take the looks of those that are not among the names, in alphabetical order,
 * from the first again when all are taken.
 *
 * @see Okabe and Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
 */
export function regularizerLooks(names: readonly string[]): Map<string, LineLook> {
  const isFixed = (name: string) => Object.hasOwn(FIXED, name);
  const others = [...new Set(names)].filter((name) => !isFixed(name)).sort();
  const lent = Object.keys(FIXED).filter((name) => !KNOWN_BY_COLOR.includes(name));
  const unused = lent.filter((name) => !names.includes(name));
  const free = unused.length > 0 ? unused : lent;
  const lookOf = (name: string) =>
    isFixed(name) ? FIXED[name] : FIXED[free[others.indexOf(name) % free.length]];
  return new Map(names.map((name) => [name, lookOf(name)]));
}

/** Readers know these by their colors: no other name takes them. */
const KNOWN_BY_COLOR: readonly string[] = ["vanilla", "hofer", "sliding"];

/** A color `#rrggbb` with an opacity from 0 to 1, as CSS. */
export function translucent(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}

/**
 * The layout that all figures share: white, a light grid, the legend under the plot. Title and subtitle
 * stand at the figure's top edge and the legend at its bottom edge, whatever its size: plotly keeps the
 * room that the legend and the axes measure.
 *
 * @param title What is drawn; `<br>` breaks it.
 * @param subtitle The data set, n, and what marks mean, separated by "; ", where lines may break.
 */
export function layout(title: string, subtitle: string, xaxis: Axis, yaxis: Axis): object {
  return {
    ...heading(title, wrapped(subtitle).join(";<br>")),
    font: { family: "system-ui, Helvetica, Arial, sans-serif", size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    xaxis: axis(xaxis),
    yaxis: axis(yaxis),
    legend: { orientation: "h", x: 0.01, xref: "container", y: 0, yref: "container", ...LEGEND },
    hoverlabel: { namelength: -1 },
    modebar: { remove: REMOVED_BUTTONS },
    hovermode: "x unified",
  };
}

/** The first offers to upload the figure; the others are of no use here. */
const REMOVED_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"];

/** A legend that needs more than half of the figure scrolls: without a plot, plotly fails. */
const LEGEND = { xanchor: "left", yanchor: "bottom", maxheight: 0.5, tracegroupgap: 0 };

/** Title and subtitle at the figure's top edge, and the margins, of which the top one holds them. */
export function heading(title: string, subtitle: string) {
  const linesOf = (text: string) => text.split("<br>").length;
  const lines = linesOf(title);
  const height = HEAD_SPACE + TITLE_LINE * lines + SUBTITLE_LINE * linesOf(subtitle);
  return {
    title: {
      text: title,
      // Titles are not wrapped: 40 characters of this size fit a phone.
      font: { size: 16 },
      subtitle: { text: subtitle, font: { size: 12, color: NEUTRAL } },
      x: 0.02,
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      // plotly raises a title by half of its lines after the first.
      pad: { t: 14 + (TITLE_LINE / 2) * (lines - 1) },
    },
    margin: { l: 70, r: 20, t: height, b: 12 },
  };
}

/** Characters of the subtitle's size that fit a phone, and pixels from a line to the next. */
const SUBTITLE_WIDTH = 52;
const SUBTITLE_LINE = 16;
const TITLE_LINE = 21;
/** Above the title and below the subtitle. */
const HEAD_SPACE = 33;

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
  const lines = { gridcolor: GRID, linecolor: "#888888", zeroline: false };
  const title = { font: { size: 14 }, ...settings.title };
  return { ...lines, showline: true, ticks: "outside", automargin: true, ...settings, title };
}

/** A shape: a line from the bottom to the top of the plot, behind everything that is drawn. */
export function verticalLine(x: number, line: object): object {
  return {
    type: "line",
    xref: "x",
    yref: "paper",
    x0: x,
    x1: x,
    y0: 0,
    y1: 1,
    layer: "below",
    line,
  };
}
