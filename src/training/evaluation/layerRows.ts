import type { LayerMeasures } from "../../metrics/collapse/layers";
import { PROBE_RIDGE } from "../../metrics/collapse/ridgeProbe";
import type { MeasureRow } from "./measureRow";

const TRACE_RATIO = "tr S_W / tr S_B of the layer's features; maps are flattened";
const CENTERS =
  "share of examples whose nearest mean of a class of the training set is that of their own class";
const EFFECTIVE_RANK =
  "exp of the entropy of the eigenvalues of S_T, as shares of their sum (Roy, Vetterli 2007)";
const PROBE =
  "accuracy of W h + b fitted to the training set's features and one-hot labels by least squares, " +
  `plus ${PROBE_RIDGE} tr S_T |W|_F^2`;

/** Rows of the measures of layers, each with its layer's name. */
export function layerRows(layers: readonly LayerMeasures[]): MeasureRow[] {
  const rows = (
    set: "train" | "test",
    name: string,
    formula: string,
    value: (layer: LayerMeasures) => number | null | undefined,
  ): MeasureRow[] =>
    layers.flatMap((layer) => {
      const own = value(layer);
      const section = "layers" as const;
      return own === undefined
        ? []
        : [{ set, section, layer: layer.name, name, class: null, formula, value: own }];
    });
  const nearest = "nearestClassCenterAccuracy";
  return [
    ...rows("train", "dimensions", "values of the layer's features", ({ dim }) => dim),
    ...rows(
      "train",
      "covarianceTraceRatio",
      TRACE_RATIO,
      ({ train }) => train.covarianceTraceRatio,
    ),
    ...rows("train", nearest, CENTERS, ({ train }) => train[nearest]),
    ...rows("train", "effectiveRank", EFFECTIVE_RANK, ({ train }) => train.effectiveRank),
    ...rows("test", nearest, CENTERS, ({ test }) => test?.[nearest]),
    ...rows("test", "probeAccuracy", PROBE, ({ test }) => test?.probeAccuracy),
  ];
}
