import type { MeanInterval } from "../statistics/tTest";

/** A number with so many digits: 0.011, 12, 340; below 0.001 with a power of ten: 6.8e-6. */
export function rounded(value: number, digits = 2): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3) return value.toExponential(digits - 1);
  return size < 10 ** (digits - 1) ? value.toPrecision(digits) : value.toFixed(0);
}

/** How long was trained. */
export const epochsText = (epochs: number) => (epochs === 1 ? "1 epoch" : `${epochs} epochs`);

/** A difference of percentages: its sign, two digits after the point. */
export const signed = (value: number) =>
  `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`;

/** The ends of a difference's interval with their signs. */
export const intervalText = ({ confidenceInterval: own }: { confidenceInterval: MeanInterval }) =>
  `${signed(own.lower)} to ${signed(own.upper)}`;

/** A p value: three digits after the point, below 0.001 two digits and a power of ten. */
export const chance = (p: number) => (p < 0.001 && p > 0 ? p.toExponential(1) : p.toFixed(3));
