import assert from "node:assert/strict";
import { lazily } from "../../src/numerics/lazily";

interface Shape {
  readonly side: number;
  readonly area: number;
  readonly volume: number;
}

/** A cube, and how often each of its properties was computed. */
function cube(side = 3) {
  const counts = { side: 0, area: 0, volume: 0 };
  const shape = lazily<Shape>({
    side: () => {
      counts.side++;
      return side;
    },
    area: (self) => {
      counts.area++;
      return self.side ** 2;
    },
    volume: ({ area, side: length }) => {
      counts.volume++;
      return area * length;
    },
  });
  return { shape, counts };
}

describe("lazily", () => {
  it("lazily computes nothing before a property is read", () => {
    const { shape, counts } = cube();
    assert.deepEqual(Object.keys(shape), ["side", "area", "volume"]);
    assert.ok("volume" in shape);
    assert.deepEqual(counts, { side: 0, area: 0, volume: 0 });
  });

  it("lazily computes a property once and with it only those that it depends on", () => {
    const { shape, counts } = cube();
    assert.equal(shape.area, 9);
    assert.deepEqual(counts, { side: 1, area: 1, volume: 0 });
    assert.equal(shape.area, 9);
    assert.equal(shape.volume, 27);
    assert.equal(shape.volume, 27);
    assert.deepEqual(counts, { side: 1, area: 1, volume: 1 });
  });

  it("lazily keeps the value itself, also one that is undefined or null", () => {
    let count = 0;
    const made = lazily<{ array: number[]; missing: undefined; none: null }>({
      array: () => [1, 2],
      missing: () => void count++,
      none: () => {
        count++;
        return null;
      },
    });
    assert.equal(made.array, made.array);
    assert.deepEqual(
      [made.missing, made.missing, made.none, made.none],
      [undefined, undefined, null, null],
    );
    assert.equal(count, 2);
  });

  it("lazily computes each object's properties separately", () => {
    const [small, large] = [cube(1), cube(2)];
    assert.deepEqual([small.shape.volume, large.shape.volume], [1, 8]);
    assert.deepEqual(small.counts, large.counts);
  });

  it("lazily passes an error on and computes the property again at the next read", () => {
    let attempts = 0;
    const made = lazily<{ value: number; double: number }>({
      value: () => {
        attempts++;
        if (attempts < 3) throw new RangeError(`attempt ${attempts}`);
        return attempts;
      },
      double: ({ value }) => 2 * value,
    });
    assert.throws(() => made.double, /RangeError: attempt 1/);
    assert.throws(() => made.value, /RangeError: attempt 2/);
    assert.equal(made.double, 6);
    assert.equal(attempts, 3);
  });

  it("lazy properties are enumerable, are read like any others and cannot be set", () => {
    const { shape } = cube();
    assert.deepEqual({ ...shape }, { side: 3, area: 9, volume: 27 });
    assert.deepEqual(shape, { side: 3, area: 9, volume: 27 });
    assert.equal(Reflect.set(shape, "area", 1), false);
    assert.equal(Reflect.set(cube().shape, "area", 1), false);
    assert.equal(shape.area, 9);
  });
});
