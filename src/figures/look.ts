/** A plotly axis with its title. */
interface Axis {
  readonly title: { readonly text: string };
  readonly [setting: string]: unknown;
}

/** Colours of Okabe and Ito that are told apart by colour-blind readers and read on white. */
const COLORS = {
  black: "#000000",
  orange: "#e69f00",
  blue: "#0072b2",
  green: "#009e73",
  vermilion: "#d55e00",
  purple: "#cc79a7",
  skyBlue: "#56b4e9",
} as const;

const FIXED: Readonly<Record<string, string>> = {
  vanilla: COLORS.black,
  hofer: COLORS.orange,
  sliding: COLORS.blue,
};
const FOLLOWING = [COLORS.green, COLORS.vermilion, COLORS.purple, COLORS.skyBlue];

/** Of death times below beta, whose points are pushed apart, and above it, pulled together. */
export const BELOW_BETA = COLORS.vermilion;
export const ABOVE_BETA = COLORS.blue;
/** Of what is neither: points, edges, notes. */
export const NEUTRAL = "#555555";

/**
 * A colour for each name: vanilla, hofer and sliding have theirs in every figure; other names take
 * the following colours in alphabetical order, from the first again after the fourth.
 *
 * @see Okabe and Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
 */
export function regularizerColors(names: readonly string[]): Map<string, string> {
  const others = [...new Set(names)].filter((name) => !Object.hasOwn(FIXED, name)).sort();
  return new Map(
    names.map((name) => [
      name,
      Object.hasOwn(FIXED, name) ? FIXED[name] : FOLLOWING[others.indexOf(name) % FOLLOWING.length],
    ]),
  );
}

/** A colour `#rrggbb` with an opacity from 0 to 1, as CSS. */
export function translucent(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}

/**
 * The layout that all figures share: white, a light grid, the legend under the plot.
 *
 * @param title What is drawn.
 * @param subtitle The data set, and n.
 */
export function layout(title: string, subtitle: string, xaxis: Axis, yaxis: Axis): object {
  return {
    title: {
      text: title,
      // Titles are not wrapped: 40 characters of this size fit a phone.
      font: { size: 16 },
      subtitle: { text: subtitle, font: { size: 12, color: NEUTRAL } },
      x: 0.02,
    },
    font: { family: "system-ui, Helvetica, Arial, sans-serif", size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 70, r: 20, t: 80, b: 60 },
    xaxis: axis(xaxis),
    yaxis: axis(yaxis),
    legend: { orientation: "h", x: 0, xanchor: "left", y: -0.27, yanchor: "top" },
    hovermode: "x unified",
  };
}

function axis(settings: Axis): object {
  const lines = { gridcolor: "#e4e4e4", linecolor: "#888888", zeroline: false };
  return { ...lines, showline: true, ticks: "outside", automargin: true, ...settings };
}
