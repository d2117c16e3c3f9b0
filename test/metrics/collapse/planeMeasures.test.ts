import assert from "node:assert/strict";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  classMeanAngle,
  classRadius,
  cloudsAround,
  drawnMeans,
  nearestClassDistance,
  shareAlong,
  sideRatio,
  simplexStatistics,
} from "../../../src/metrics/collapse/planeMeasures";
import { faceAxes, originalAxes } from "../../../src/figures/simplexAxes";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";

const simplex = simplexStatistics(10);
const degrees = (cosine: number) => (180 / Math.PI) * Math.acos(cosine);
// Means (0, 0), (3, 4) and (0, 10); class 0 has points at distance 1 and 3 of its mean.
const features = Float64Array.of(-1, 0, 1, 0, 3, 4, 3, 4, 0, 7, 0, 13);
const three = classStatistics(features, Uint8Array.of(0, 0, 1, 1, 2, 2), 2, 3);

describe("measures of a picture's plane", () => {
  it("a simplex of ten has 2 of 9 dimensions in a plane, equal sides and angles of cosine -1/9", () => {
    const { vectors } = faceAxes(simplex, [3, 5, 8]);
    const values = [shareAlong(simplex, vectors), sideRatio(simplex, [3, 5, 8])];
    assertClose([...values, classMeanAngle(simplex, [3, 5])], [2 / 9, 1, degrees(-1 / 9)], 1e-9);
  });

  it("the original's axes draw the simplex's angle wrong, as computed by hand", () => {
    const { angle, offCenter } = drawnMeans(simplex, [3, 5], originalAxes(simplex, [3, 5]).vectors);
    const cosine = (2 * 0.9 * -0.1) / (0.9 ** 2 + 0.1 ** 2);
    assertClose([angle, offCenter], [degrees(cosine), 0], 1e-9, { scale: 1 });
  });

  it("distances and radii are those computed by hand", () => {
    // Sides 5, sqrt(45), 10; nearest 5, 5, sqrt(45); variances 1, 0, 9.
    const values = [sideRatio(three, [0, 1, 2]), nearestClassDistance(three), classRadius(three)];
    assertClose(values, [0.5, (10 + Math.sqrt(45)) / 3, Math.sqrt(10 / 3)], 1e-12);
  });

  it("clouds are around the means of their classes, in turns", () => {
    const { features, labels } = cloudsAround(simplex, 2, 0, new Random(0, "test"));
    assert.deepEqual([...labels.subarray(8, 12)], [8, 9, 0, 1]);
    assert.deepEqual([...features.subarray(10, 20)], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
