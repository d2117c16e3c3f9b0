/** Names of the penalties: terms that a step's loss can contain besides the connectivity loss. */
export const PENALTY_NAMES = [
  "none",
  "decov",
  "variance",
  "classWiseCovariance",
  "classWiseVariance",
  "jacobian",
  "center",
] as const;

/** One of {@link PENALTY_NAMES}. */
export type PenaltyName = (typeof PENALTY_NAMES)[number];
