import assert from "node:assert/strict";
import fc from "fast-check";
import {
  disconnectionBound,
  massConcentrationBound,
} from "../../../src/metrics/topology/massConcentration";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "../../support/assertClose";

/** Masses p and q of at most 1 together, a sample size and l. */
const cases = fc
  .record({
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    b: fc.integer({ min: 1, max: 40 }),
    l: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ p, share, b, l }) => ({ p, q: share * (1 - p), b, l }));

/** The probability of the event itself, summed over the 3^b ways to place b points. */
function enumerated(p: number, q: number, b: number, l: number): number {
  let sum = 0;
  for (let code = 0; code < 3 ** b; code++) {
    const places = Array.from({ length: b }, (_, i) => Math.floor(code / 3 ** i) % 3);
    const inSet = places.filter((place) => place === 0).length;
    const far = places.filter((place) => place === 1).length;
    const between = b - inSet - far;
    if (inSet >= 1 && far >= 1 && between < l)
      sum += p ** inSet * q ** far * (1 - p - q) ** between;
  }
  return sum;
}

describe("disconnectionBound", () => {
  it("disconnectionBound of two points is 2 p q", () => {
    assertClose(disconnectionBound(0.5, 0.25, 2, 1), 0.25, 1e-15);
  });

  it("disconnectionBound of three points with l = 2 is 3 p^2 q + 3 p q^2 + 6 p q r", () => {
    // p = .5, q = .3, r = .2: .225 + .135 + .18.
    assertClose(disconnectionBound(0.5, 0.3, 3, 2), 0.54, 1e-14);
    assertClose(disconnectionBound(0.5, 0.3, 3, 1), 0.36, 1e-14);
  });

  it("disconnectionBound without mass between is 1 - p^b - q^b for every l", () => {
    for (const p of [0.1, 0.25, 0.5, 0.9])
      for (const [b, l] of [
        [2, 1],
        [5, 1],
        [16, 16],
        [256, 3],
      ])
        assertClose(disconnectionBound(p, 1 - p, b, l), 1 - p ** b - (1 - p) ** b, 1e-12);
  });

  it("disconnectionBound is at most 1 even if its sum rounds to more", () => {
    for (const b of [100, 128, 256]) assert.equal(disconnectionBound(0.5, 0.5, b, 1), 1);
  });

  it("disconnectionBound is 0 without mass in the set or far from it, and for one point", () => {
    for (const l of [1, 3]) {
      assert.equal(disconnectionBound(0, 0.4, 16, l), 0);
      assert.equal(disconnectionBound(0.4, 0, 16, l), 0);
      assert.equal(disconnectionBound(1, 0, 16, l), 0);
      assert.equal(disconnectionBound(0.5, 0.5, 1, l), 0);
    }
  });

  it("disconnectionBound is the probability of the event, enumerated for up to 6 points", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 6 }), ({ p, q, l }, b) => {
        assertClose(disconnectionBound(p, q, b, l), enumerated(p, q, b, l), 1e-13);
      }),
      { seed: 51, numRuns: 50 },
    );
  });

  it("disconnectionBound agrees with exact fractions for b up to 256", () => {
    for (const { p, q, b, l, psi } of fixture.disconnectionBounds)
      // Logarithms of 256! round by 2e-13, relative to the value however small.
      assertClose(disconnectionBound(p, q, b, l) / psi, 1, 1e-11);
  });

  it("disconnectionBound is between 0 and 1 and grows with p, q and l", () => {
    const more = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(cases, more, ({ p, q, b, l }, share) => {
        const psi = disconnectionBound(p, q, b, l);
        assert.ok(psi >= 0 && psi <= 1);
        // Larger by rounding at most: sums of up to 780 terms.
        const least = psi * (1 - 1e-12);
        assert.ok(disconnectionBound(p, q, b, l + 1) >= least);
        assert.ok(disconnectionBound(p, q + share * (1 - p - q), b, l) >= least);
        assert.ok(disconnectionBound(p + share * (1 - p - q), q, b, l) >= least);
      }),
      { seed: 52 },
    );
  });

  it("disconnectionBound is symmetric in p and q", () => {
    fc.assert(
      fc.property(cases, ({ p, q, b, l }) => {
        assertClose(disconnectionBound(p, q, b, l), disconnectionBound(q, p, b, l), 1e-12);
      }),
      { seed: 53 },
    );
  });

  it("disconnectionBound rejects invalid masses and sizes", () => {
    assert.throws(() => disconnectionBound(0.6, 0.5, 2, 1), /p \+ q of at most 1, got 0.6 \+ 0.5/);
    assert.throws(() => disconnectionBound(NaN, 0.5, 2, 1), /expected mass p from 0 to 1, got NaN/);
    assert.throws(() => disconnectionBound(0.5, -0.1, 2, 1), /expected mass q .* got -0.1/);
    assert.throws(() => disconnectionBound(0.5, 0.5, 0, 1), /sample size b of 1 or more, got 0/);
    assert.throws(() => disconnectionBound(0.5, 0.5, 2, 1.5), /expected l of 1 or more, got 1.5/);
  });
});

describe("massConcentrationBound", () => {
  it("massConcentrationBound at c_beta = 0.99 and p = 0.5 matches the published values", () => {
    const published: [b: number, l: number, mass: string][] = [
      [16, 1, "0.750"],
      [16, 2, "0.848"],
      [16, 4, "0.971"],
      [8, 2, "0.982"],
      [32, 2, "0.690"],
    ];
    for (const [b, l, mass] of published)
      assert.equal(massConcentrationBound(0.5, 0.99, b, l).toFixed(3), mass);
  });

  it("massConcentrationBound of pairs solves 2 p q = 1 - c: p = 0.5 and c = 0.9 give 0.9", () => {
    assertClose(massConcentrationBound(0.5, 0.9, 2, 1), 0.9, 1e-15);
  });

  it("massConcentrationBound agrees with exact fractions for b up to 256", () => {
    for (const { p, connectivity, b, l, mass } of fixture.massConcentrationBounds)
      // The fixture's bisection goes to 2^-45.
      assertClose(massConcentrationBound(p, connectivity, b, l), mass, 1e-12);
  });

  it("massConcentrationBound is p if c_beta gives no information and 1 if c_beta is 1", () => {
    assertClose(massConcentrationBound(0.3, 0, 16, 2), 0.3, 1e-15);
    assertClose(massConcentrationBound(0.3, 1, 16, 2), 1, 1e-15);
    assertClose(massConcentrationBound(0.3, 1, 256, 255), 1, 1e-15);
    assertClose(massConcentrationBound(0.3, 1, 1, 2), 0.3, 1e-15);
    assert.equal(massConcentrationBound(0, 1, 16, 2), 0);
    assert.equal(massConcentrationBound(1, 0.5, 16, 2), 1);
  });

  it("massConcentrationBound leaves exactly as much mass far away as Psi allows", () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        ({ p, b, l }, connectivity) => {
          const mass = massConcentrationBound(p, connectivity, b, l);
          assert.ok(mass >= p && mass <= 1);
          // 1 - mass has lost what is below 1e-16.
          const allowed = 1 - connectivity;
          const most = Math.max(0, 1 - mass - 1e-12);
          assert.ok(disconnectionBound(p, most, b, l) <= allowed);
          if (mass > p + 2e-12)
            assert.ok(disconnectionBound(p, 1 - mass + 1e-12, b, l) > allowed * (1 - 1e-12));
        },
      ),
      { seed: 54 },
    );
  });

  it("massConcentrationBound grows with p, c_beta and l", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(cases, share, share, ({ p, b, l }, connectivity, up) => {
        const mass = massConcentrationBound(p, connectivity, b, l) - 1e-12;
        assert.ok(massConcentrationBound(p, connectivity, b, l + 1) >= mass);
        const closer = connectivity + up * (1 - connectivity);
        assert.ok(massConcentrationBound(p, closer, b, l) >= mass);
        assert.ok(massConcentrationBound(p + up * (1 - p), connectivity, b, l) >= mass);
      }),
      { seed: 55 },
    );
  });

  it("massConcentrationBound rejects invalid probabilities and sizes", () => {
    assert.throws(
      () => massConcentrationBound(0.5, 1.1, 16, 1),
      /expected connectivity c_beta from 0 to 1, got 1.1/,
    );
    assert.throws(() => massConcentrationBound(0.5, NaN, 16, 1), /got NaN/);
    assert.throws(() => massConcentrationBound(-1, 0.5, 16, 1), /expected mass p from 0 to 1/);
    assert.throws(() => massConcentrationBound(0.5, 0.5, 16, 0), /expected l of 1 or more, got 0/);
  });
});
