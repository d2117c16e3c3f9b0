import { decisionError, decisionErrorBound } from "../metrics/topology/decisionMasses";
import { massConcentrationBound } from "../metrics/topology/massConcentration";
import type { Figure } from "./figure";
import { CLASS_COLORS, CLASS_SYMBOLS, layout, regularizerLooks } from "./theme";

/** A measured mass beside the bound on it, such as `empiricalMassConcentration` gives. */
export interface MeasuredMass {
  readonly l: number;
  /** Share of the class within l * beta of the set. */
  readonly measured: number;
  /** Such as "class 3". */
  readonly name: string;
}

/** Parameters of the bound. */
export interface PsiBoundOptions {
  /** c_beta; 0.99 unless given. */
  readonly connectivity?: number;
  /** p, the mass of the set; 0.5 unless given. */
  readonly mass?: number;
  /** The sizes b of a sub-batch, up to 4; 8, 16 and 32 unless given. */
  readonly subBatchSizes?: readonly number[];
  /** The largest l; 8 unless given. */
  readonly largest?: number;
  /** Masses of sets of mass p in classes of that c_beta. */
  readonly measured?: readonly MeasuredMass[];
}

/**
 * The least mass that a class has within l * beta of a set of mass p if its connectivity is c_beta,
 * in percent against l, a line a sub-batch size b; measured masses as crosses, which lie above the
 * line of their b if the class has that connectivity.
 *
 * @throws {RangeError} If there are no sub-batch sizes or more than 4, or an option is not as
 *   `massConcentrationBound` has it.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function psiBoundFigure(options: PsiBoundOptions = {}): Figure {
  const { connectivity = 0.99, mass = 0.5, largest = 8, measured = [] } = options;
  const { subBatchSizes = [8, 16, 32] } = options;
  if (subBatchSizes.length === 0 || subBatchSizes.length > CLASS_COLORS.length)
    throw new RangeError(
      `expected 1 to ${CLASS_COLORS.length} sub-batch sizes, got ${subBatchSizes.length}`,
    );
  const steps = Array.from({ length: largest }, (_, i) => i + 1);
  const bounds = subBatchSizes.map((b, k) => ({
    type: "scatter",
    mode: "lines+markers",
    name: `bound, b = ${b}`,
    x: steps,
    y: steps.map((l) => 100 * massConcentrationBound(mass, connectivity, b, l)),
    line: { color: CLASS_COLORS[k], width: 2.5 },
    marker: { color: CLASS_COLORS[k], symbol: CLASS_SYMBOLS[k], size: 8 },
  }));
  const crosses = {
    type: "scatter",
    mode: "markers",
    name: `measured (${measured.length})`,
    x: measured.map(({ l }) => l),
    y: measured.map((m) => 100 * m.measured),
    text: measured.map(({ name }) => name),
    hovertemplate: "%{text}: %{y:.1f} %<extra></extra>",
    marker: { color: "#000000", symbol: "x-thin-open", size: 9 },
  };
  const x = { title: { text: "l (distance in units of beta)" }, dtick: 1 };
  const y = { title: { text: "mass within l \u00b7 beta (%)" }, range: [100 * mass - 2, 102] };
  const subtitle = `set of mass p = ${mass}, connectivity c<sub>beta</sub> = ${connectivity}`;
  const look = layout("How concentrated a connected class is", subtitle, x, y);
  return { data: [...bounds, ...(measured.length > 0 ? [crosses] : [])], layout: look };
}

/**
 * Q_k(D_k), the share of each class's test images in its decision region, in percent, a mark a class
 * and regularizer. The legend has the error that the masses mean (classes counting alike) and the
 * bound C eps on it, eps the largest 1 - Q_k(D_k).
 *
 * @param massesByName By regularizer, of each class (`classDecisionMasses`).
 * @param description What the masses are of, for the subtitle, such as `MNIST, n = 10,000 test images`.
 * @throws {RangeError} If there is no name, or masses are not as `decisionError` has them.
 */
export function decisionMassFigure(
  massesByName: Readonly<Record<string, ArrayLike<number>>>,
  description?: string,
): Figure {
  const names = Object.keys(massesByName);
  if (names.length === 0) throw new RangeError("expected masses of 1 name or more, got none");
  const looks = regularizerLooks(names);
  const apart = Math.min(0.18, 0.8 / names.length);
  const data = names.map((name, k) => {
    const { color, symbol } = looks.get(name)!;
    const masses = massesByName[name];
    const [error, bound] = [decisionError(masses), decisionErrorBound(masses)].map(percent);
    return {
      type: "scatter",
      mode: "markers",
      name: `${name}: error ${error}, bound ${bound}`,
      // Side by side, so that equal masses are seen.
      x: Array.from(masses, (_, c) => c + apart * (k - (names.length - 1) / 2)),
      y: Array.from(masses, (mass) => 100 * mass),
      marker: { color, symbol, size: 9 },
      hovertemplate: "%{y:.2f} %",
    };
  });
  const classes = Array.from(massesByName[names[0]], (_, c) => c);
  const x = { title: { text: "class k" }, tickvals: classes, ticktext: classes };
  const y = { title: { text: "Q<sub>k</sub>(D<sub>k</sub>) (%)" } };
  const marks = "error: mean of 1 \u2212 Q over classes; bound: C times the largest 1 \u2212 Q";
  const subtitle = description === undefined ? marks : `${description}; ${marks}`;
  const look = layout("Mass of each class in its decision region", subtitle, x, y);
  // The legend has a line for each: the plot keeps its height.
  return { data, layout: { ...look, hovermode: "closest", height: 360 + 30 * names.length } };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
