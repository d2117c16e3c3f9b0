import assert from "node:assert/strict";
import fc from "fast-check";
import {
  constant,
  cosine,
  exponentialRampUp,
  linear,
  parseSchedule,
  product,
  squareRootDecay,
  step,
  type Schedule,
} from "../../../src/training/settings/schedules";
import { assertClose } from "../../support/assertClose";
import { assertRefusal, readOrRefused } from "../../support/malformed";

/** Values at progress 0, 1/4, 1/2, 3/4 and 1. */
const quarters = (schedule: Schedule) => [0, 0.25, 0.5, 0.75, 1].map(schedule);

/** A few roundings of values near 1. */
const ROUNDING = 1e-14;

describe("schedules", () => {
  it("constant(3) is 3 throughout", () => {
    assert.deepEqual(quarters(constant(3)), [3, 3, 3, 3, 3]);
  });

  it("linear(1, 3) goes evenly from 1 to 3", () => {
    assert.deepEqual(quarters(linear(1, 3)), [1, 1.5, 2, 2.5, 3]);
  });

  it("squareRootDecay(2) is 2 at the start, 1 at three quarters and 0 at the end", () => {
    const expected = [2, Math.sqrt(3), Math.SQRT2, 1, 0];
    assertClose(quarters(squareRootDecay(2)), expected, ROUNDING, { scale: 1 });
    assert.equal(squareRootDecay(2)(1), 0);
  });

  it("cosine(3, 1) is 3 at the start, 2 halfway and 1 at the end, along half a cosine wave", () => {
    const expected = [3, 2 + Math.SQRT1_2, 2, 2 - Math.SQRT1_2, 1];
    assertClose(quarters(cosine(3, 1)), expected, ROUNDING, { scale: 1 });
  });

  it("cosine(0.1, 0) at (e - 1)/E gives CosineAnnealingLR's rates", () => {
    // E = 4: 0.1 (1 + cos(pi k / 4)) / 2.
    const rates = [1, 2, 3, 4].map((epoch) => cosine(0.1, 0)((epoch - 1) / 4));
    const expected = [0.1, 0.05 + 0.05 * Math.SQRT1_2, 0.05, 0.05 - 0.05 * Math.SQRT1_2];
    assertClose(rates, expected, ROUNDING);
  });

  it("step(1, 2, 0.5) is 1 before the middle and 2 from the middle on", () => {
    assert.deepEqual(quarters(step(1, 2, 0.5)), [1, 1, 2, 2, 2]);
  });

  it("exponentialRampUp(2) rises from 2 exp(-5) to 2 and is 2 exp(-5/4) halfway", () => {
    const expected = [
      2 * Math.exp(-5),
      2 * Math.exp(-45 / 16),
      2 * Math.exp(-1.25),
      2 * Math.exp(-5 / 16),
      2,
    ];
    assertClose(quarters(exponentialRampUp(2)), expected, ROUNDING, { scale: 1 });
    assertClose(exponentialRampUp(2, 3)(0), 2 * Math.exp(-3), ROUNDING);
  });

  it("product(linear(0, 1), linear(2, 4)) multiplies its schedules", () => {
    assert.deepEqual(quarters(product(linear(0, 1), linear(2, 4))), [0, 0.625, 1.5, 2.625, 4]);
  });

  it("schedules start and end exactly at their arguments", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, (from, to) => {
        assert.ok(linear(from, to)(0) === from && linear(from, to)(1) === to);
        assert.ok(cosine(from, to)(1) === to);
        assert.ok(exponentialRampUp(to)(1) === to && squareRootDecay(from)(0) === from);
      }),
      { seed: 1 },
    );
  });

  it("schedules reject progress outside [0, 1]", () => {
    const all = [
      constant(1),
      linear(0, 1),
      squareRootDecay(1),
      cosine(1, 0),
      step(0, 1, 0.5),
      exponentialRampUp(1),
    ];
    for (const schedule of [...all, product(...all)])
      for (const progress of [-0.01, 1.01, NaN, Infinity])
        assert.throws(() => schedule(progress), {
          name: "RangeError",
          message: /expected progress in \[0, 1\], got/,
        });
  });

  it("schedules reject arguments that are not finite, a step outside training, an empty product", () => {
    assert.throws(() => linear(0, NaN), {
      name: "RangeError",
      message: "expected finite arguments of linear, got NaN",
    });
    assert.throws(() => constant(Infinity), /expected finite arguments of constant, got Infinity/);
    assert.throws(() => step(0, 1, 1.5), /with at from 0 to 1, got at = 1.5/);
    assert.throws(() => step(0, 1, NaN), /with at from 0 to 1, got at = NaN/);
    assert.throws(() => product(), /expected product of 1 schedule or more, got 0/);
  });
});

describe("the text form of a schedule", () => {
  const TEXTS = [
    "constant(0.1)",
    "linear(0, 0.1)",
    "squareRootDecay(1.1)",
    "cosine(0.1, 0)",
    "step(0, 1e-7, 0.5)",
    "exponentialRampUp(0.1, 5)",
    "product(linear(0, 0.1), product(constant(2), step(-1, 1, 0.5)))",
  ];

  it("JSON contains a schedule as its text form", () => {
    const config = { weight: linear(0, 0.1), beta: squareRootDecay(1.1) };
    assert.equal(
      JSON.stringify(config),
      '{"weight":"linear(0, 0.1)","beta":"squareRootDecay(1.1)"}',
    );
  });

  it("the text form of a ramp-up includes the default steepness", () => {
    assert.equal(exponentialRampUp(0.1).toJSON(), "exponentialRampUp(0.1, 5)");
    assert.equal(parseSchedule("exponentialRampUp(0.1)").toJSON(), "exponentialRampUp(0.1, 5)");
  });

  for (const text of TEXTS) {
    it(`${text} is parsed and written back unchanged`, () => {
      assert.equal(parseSchedule(text).toJSON(), text);
    });
  }

  it("a parsed text form is the same function", () => {
    const both: [string, Schedule][] = [
      [TEXTS[0], constant(0.1)],
      [TEXTS[1], linear(0, 0.1)],
      [TEXTS[2], squareRootDecay(1.1)],
      [TEXTS[3], cosine(0.1, 0)],
      [TEXTS[4], step(0, 1e-7, 0.5)],
      [TEXTS[5], exponentialRampUp(0.1)],
      [TEXTS[6], product(linear(0, 0.1), product(constant(2), step(-1, 1, 0.5)))],
    ];
    for (const [text, schedule] of both)
      assert.deepEqual(quarters(parseSchedule(text)), quarters(schedule));
  });

  it("the text form keeps every digit of every number", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(value, value, (from, to) => {
        const schedule = product(linear(from, to), constant(from));
        const read = parseSchedule(JSON.parse(JSON.stringify(schedule)) as string);
        assert.equal(read.toJSON(), schedule.toJSON());
        assert.ok(Object.is(parseSchedule(constant(from).toJSON())(0), from));
      }),
      { seed: 2 },
    );
  });

  it("a plain number is a constant schedule, on its own and in a product", () => {
    assert.equal(parseSchedule(0.5).toJSON(), "constant(0.5)");
    assert.equal(parseSchedule(" -1.5e-3 ").toJSON(), "constant(-0.0015)");
    assert.equal(
      parseSchedule("product(2, linear(0,1))").toJSON(),
      "product(constant(2), linear(0, 1))",
    );
  });

  it("parseSchedule ignores white space", () => {
    assert.equal(parseSchedule("  linear ( 0 ,\n0.1 )").toJSON(), "linear(0, 0.1)");
  });

  const REFUSED: [string | number, RegExp][] = [
    [
      "lineer(0, 1)", // cspell:ignore lineer
      /"lineer\(0, 1\)" names an unknown schedule, lineer; expected a number or one of: constant\(value\), linear\(from, to\), squareRootDecay\(from\), cosine\(from, to\), step\(from, to, at\), exponentialRampUp\(to, steepness = 5\), product\(schedule, \.\.\.\)/,
    ],
    ["constructor(1)", /names an unknown schedule, constructor/],
    ["linear", /"linear" is not a schedule/],
    ["", /"" is not a schedule/],
    ["linear(0, 1", /"linear\(0, 1" is not a schedule/],
    ["linear(0, 1))", /is not a schedule/],
    ["linear(0)+linear(1)", /is not a schedule/],
    ["linear(0)", /has 1 arguments instead of linear\(from, to\)/],
    ["linear(0, 1, 2)", /has 3 arguments instead of linear\(from, to\)/],
    ["constant()", /has 0 arguments instead of constant\(value\)/],
    ["exponentialRampUp()", /has 0 arguments instead of exponentialRampUp/],
    ["linear(0, )", /has the argument "", which is not a number: linear\(from, to\)/],
    ["linear(0, one)", /has the argument "one", which is not a number/],
    ["linear(0, 0x10)", /has the argument "0x10", which is not a number/],
    ["linear(0, constant(1))", /has the argument "constant\(1\)", which is not a number/],
    ["product()", /has nothing to multiply: product\(schedule, \.\.\.\)/],
    ["product(linear(0, 1), wave(2))", /"wave\(2\)" names an unknown schedule, wave/],
    ["constant(1e999)", /expected finite arguments of constant, got Infinity/],
    ["step(0, 1, 2)", /with at from 0 to 1, got at = 2/],
    [NaN, /expected finite arguments of constant, got NaN/],
  ];
  it("parseSchedule rejects a text that is too long or too deep, and shows its beginning", () => {
    const nested = (levels: number) => "product(".repeat(levels) + "1" + ")".repeat(levels);
    assert.equal(parseSchedule(nested(50))(0), 1);
    assert.throws(() => parseSchedule(nested(51)), /has more than 50 nested products/);
    assert.equal(parseSchedule(`product(${Array<number>(4996).fill(1).join()})`)(0), 1);
    for (const long of [nested(20_000), "product(".repeat(3000), " ".repeat(10_001)])
      assert.throws(
        () => parseSchedule(long),
        (error: Error) => {
          assertRefusal(error, /is not text of at most 10000 characters; expected a number or/);
          return true;
        },
      );
  });

  it("parseSchedule reads any text as a schedule that its own text gives again, or rejects it", () => {
    const names = ["constant", "linear", "cosine", "step", "product", "exponentialRampUp", "x"];
    const number = fc.oneof(
      fc.double({ min: -10, max: 10, noNaN: true }).map(String),
      fc.constantFrom("1e999", "-0", ".5", "NaN", "Infinity", "0x1", "", "1e-400"),
    );
    const { call } = fc.letrec<{ call: string; argument: string }>((tie) => ({
      argument: fc.oneof({ depthSize: "small" }, number, tie("call")),
      call: fc
        .tuple(fc.constantFrom(...names), fc.array(tie("argument"), { maxLength: 3 }))
        .map(([name, parts]) => `${name}(${parts.join(", ")})`),
    }));
    // Any text, and calls of which one character is missing.
    const cut = fc
      .tuple(call, fc.nat(200))
      .map(([text, at]) => text.slice(0, at) + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(call, number, cut, fc.string()), (text) => {
        const read = readOrRefused(() => parseSchedule(text), /expected /);
        if (read === undefined) return;
        const again = parseSchedule(read.toJSON());
        assert.equal(again.toJSON(), read.toJSON());
        assert.deepEqual(quarters(again), quarters(read));
        assert.ok(
          quarters(read).every((value) => !Number.isNaN(value)),
          text,
        );
      }),
      { numRuns: 2000 },
    );
  });

  for (const [text, message] of REFUSED) {
    it(`parseSchedule rejects ${typeof text === "string" ? JSON.stringify(text) : text}`, () => {
      assert.throws(() => parseSchedule(text), { name: "RangeError", message });
    });
  }
});
