import assert from "node:assert/strict";
import { signed } from "../../src/results/numberText";
import { comparisonText, meanWithStd, percent, significant } from "../../src/results/texts";
import { comparePaired } from "../../src/statistics/comparePaired";

describe("texts of results", () => {
  it("numbers have significant digits, signs and a dash for a missing number", () => {
    assert.deepEqual(
      [significant(0.12345), significant(120), significant(null)],
      ["0.123", "120", "–"],
    );
    assert.deepEqual([signed(0.966), signed(-1)], ["+0.97", "−1.00"]);
    assert.equal(percent(0.12345), "12.35 %");
    assert.equal(meanWithStd([1, 3]), "2 (sample std 1.41)");
    assert.equal(meanWithStd([1]), "1");
  });

  it("a comparison says better, worse or undecided by its interval", () => {
    const text = (a: number[]) => comparisonText(comparePaired(a, [0, 0, 0]));
    assert.match(text([1, 1.1, 0.9]), /^\+1\.00 points \(n = 3, sample std 0\.10\), .*: better$/);
    assert.match(text([-1, -1.1, -0.9]), /: worse$/);
    assert.match(text([1, -1, 0.5]), /95 % interval −\d\.\d\d to \+\d\.\d\d: undecided$/);
  });
});
