import assert from "node:assert/strict";
import fc from "fast-check";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { variabilityCollapseIndex } from "../../../src/metrics/collapse/variabilityCollapseIndex";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import {
  assertUndefined,
  coinciding,
  cross,
  line,
  multiply,
  normals,
  oneClass,
  randomExamples,
  randomRotation,
  rounding,
} from "./examples";

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 1, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("variabilityCollapseIndex", () => {
  it("VCI is 1 - 4 / 5 for {0, 2} and {4, 6} on a line", () => {
    assertClose(variabilityCollapseIndex(line), 0.2, rounding);
  });

  it("VCI is 1 - (9 / 7) / 2 for a cross of four classes in two dimensions", () => {
    // S_T = (3, 1; 1, 3/2), its inverse (3/2, -1; -1, 3) / 3.5.
    assertClose(variabilityCollapseIndex(cross), 5 / 14, rounding);
  });

  it("VCI weights classes by their number of examples", () => {
    // S_W = 0.8, S_B = 2.56; with classes counting once S_B were 4 or 5.44, and S_T = 3.36.
    const statistics = classStatistics([0, 2, 0, 2, 5], [0, 0, 0, 0, 1], 1, 2);
    assertClose(variabilityCollapseIndex(statistics), 1 - 2.56 / 3.36, rounding);
  });

  it("VCI is 1 if class means coincide and undefined if all examples coincide", () => {
    assertClose(variabilityCollapseIndex(coinciding), 1, rounding);
    const same = classStatistics([0.1, 0.1, 0.1], [0, 1, 1], 1, 2);
    assertUndefined(() => variabilityCollapseIndex(same), /expected different examples/);
    assert.throws(() => variabilityCollapseIndex(oneClass), /expected 2 classes or more, got 1/);
  });

  it("VCI is 1 - 1 / 2 for three collapsed classes on a line in the plane", () => {
    const statistics = classStatistics([0, 0, 1, 1, 5, 5], [0, 1, 2], 2, 3);
    assertClose(variabilityCollapseIndex(statistics), 0.5, rounding);
  });

  it("VCI ignores directions in which the examples differ only by rounding", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 8 }), (seed, dim) => {
        const direction = normals(new Random(seed), dim);
        const features = [0, 2, 4, 6].flatMap((at) =>
          Array.from(direction, (u) => at * u + 0.1 * u),
        );
        const statistics = classStatistics(features, [0, 0, 1, 1], dim, 2);
        assertClose(variabilityCollapseIndex(statistics), 0.2, 1e-12);
      }),
      runs,
    );
  });

  it("VCI does not change under invertible affine maps of the features", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const { features, labels } = randomExamples(random, classCount, dim);
        const [left, right] = [randomRotation(random, dim), randomRotation(random, dim)];
        const shift = normals(random, dim);
        const stretched = multiply(features, left, dim, dim).map((x, i) => x * (1 + (i % dim)));
        const mapped = multiply(stretched, right, dim, dim).map((x, i) => x + shift[i % dim]);
        const index = (of: Float64Array) =>
          variabilityCollapseIndex(classStatistics(of, labels, dim, classCount));
        // Rounding is divided by the smallest eigenvalue of S_T.
        assertClose(index(mapped), index(features), 1e-8);
        assert.ok(index(features) >= -1e-8 && index(features) <= 1);
      }),
      runs,
    );
  });

  it("VCI is 0 if there are fewer examples than dimensions", () => {
    // A linear map sends each class to a point.
    const { features, labels } = randomExamples(new Random(3), 2, 30);
    assert.ok(labels.length < 30);
    assertClose(variabilityCollapseIndex(classStatistics(features, labels, 30, 2)), 0, 1e-10);
  });
});
