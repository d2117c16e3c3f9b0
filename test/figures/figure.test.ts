import assert from "node:assert/strict";
import fc from "fast-check";
import { figureJson } from "../../src/figures/figure";
import { assertClose } from "../support/assertClose";

describe("figureJson", () => {
  it("a typed array becomes a list, a float32 has 7 digits, and NaN becomes null", () => {
    const data = [{ x: new Float32Array([0.1, NaN]), y: new Int32Array([2, 3]) }];
    assert.equal(
      figureJson({ data, layout: {} }),
      '{"data":[{"x":[0.1,null],"y":[2,3]}],"layout":{}}',
    );
  });

  it("figureJson keeps every finite float64 exactly and float32 to a relative 1e-6", () => {
    fc.assert(
      fc.property(
        fc.float64Array({ noNaN: true, noDefaultInfinity: true }),
        fc.float32Array({ noNaN: true, noDefaultInfinity: true }),
        (x, y) => {
          const json = figureJson({ data: [{ x, y }], layout: {} });
          const [back] = (JSON.parse(json) as { data: { x: number[]; y: number[] }[] }).data;
          // JSON has no negative zero.
          assert.deepEqual(
            back.x,
            Array.from(x, (value) => value + 0),
          );
          assertClose(back.y, y, 1e-6, { scale: y });
        },
      ),
    );
  });
});
