import assert from "node:assert/strict";
import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { addPanelProducts, reflectRow } from "../../src/kernels/doubleLoops";
import {
  addSymmetricProduct,
  rowProducts,
  tridiagonalForm,
} from "../../src/kernels/doubleProducts";
import { tridiagonalEigenvalues } from "../../src/numerics/eigendecomposition";
import { Random } from "../../src/numerics/random";
import { assertClose } from "../support/assertClose";
import { loadVariant, VARIANTS } from "./arena";

const sizes = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 11 }),
  columns: fc.integer({ min: 1, max: 9 }),
  // Beyond the inner block of 256.
  dim: fc.integer({ min: 1, max: 600 }),
});
const runs = { seed: 1, numRuns: 60 };

const normals = (random: Random, length: number) =>
  Float64Array.from({ length }, () => random.normal());

/** Sum of products, term after term. */
const dot = (a: Float64Array, i: number, b: Float64Array, j: number, dim: number) => {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += a[i * dim + k] * b[j * dim + k];
  return sum;
};

describe("rowProducts", () => {
  it("rowProducts agrees with sums of products for any numbers of rows and terms", () => {
    fc.assert(
      fc.property(sizes, ({ seed, rows, columns, dim }) => {
        const random = new Random(seed);
        const [left, right] = [rows, columns].map((count) => normals(random, count * dim));
        const expected = Array.from({ length: rows * columns }, (_, at) =>
          dot(left, Math.floor(at / columns), right, at % columns, dim),
        );
        assertClose(rowProducts(left, right, dim), expected, 1e-15 * dim, { scale: 10 });
        assert.deepEqual(rowProducts(left, left, dim), rowProducts(left, left.slice(), dim));
      }),
      runs,
    );
  });

  it("a product of two rows does not depend on other rows, to the last bit", () => {
    const random = new Random(3);
    const [left, right] = [normals(random, 9 * 300), normals(random, 7 * 300)];
    const all = rowProducts(left, right, 300);
    const part = rowProducts(
      left.subarray(5 * 300, 6 * 300),
      right.subarray(2 * 300, 4 * 300),
      300,
    );
    assert.deepEqual([...part], [all[5 * 7 + 2], all[5 * 7 + 3]]);
  });

  it("products of no rows are empty", () => {
    assert.equal(rowProducts(new Float64Array(), new Float64Array(6), 3).length, 0);
  });
});

describe("addSymmetricProduct", () => {
  it("addSymmetricProduct adds the upper triangle of left' right", () => {
    fc.assert(
      fc.property(sizes, ({ seed, rows, dim }) => {
        const width = 4 * rows;
        const random = new Random(seed);
        const left = normals(random, dim * width);
        const right = left.map((value) => value / 2);
        const sum = new Float64Array(width * width).fill(7);
        addSymmetricProduct(sum, left, right, width);
        for (let i = 0; i < width; i++)
          for (let j = i; j < width; j++) {
            let expected = 7;
            for (let k = 0; k < dim; k++) expected += left[k * width + i] * right[k * width + j];
            assertClose(sum[i * width + j], expected, 1e-15 * dim, { scale: 10 });
          }
      }),
      runs,
    );
  });
});

describe("tridiagonalForm", () => {
  it("the tridiagonal form has the eigenvalues of the matrix", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 24 }), (seed, dim) => {
        const values = normals(new Random(seed), dim * dim);
        const symmetric = values.map(
          (value, at) => value + values[(at % dim) * dim + Math.floor(at / dim)],
        );
        const { diagonal, offDiagonal } = tridiagonalForm(symmetric, dim);
        const square = Matrix.from1DArray(dim, dim, Array.from(symmetric));
        const expected = new EigenvalueDecomposition(square).realEigenvalues.sort((a, b) => a - b);
        const actual = tridiagonalEigenvalues(diagonal, offDiagonal).sort();
        assertClose(actual, expected, 1e-13, { scale: 10 });
      }),
      runs,
    );
  });

  it("a matrix that is tridiagonal already, or zero, keeps its values", () => {
    const { diagonal, offDiagonal } = tridiagonalForm([2, 3, 0, 3, 5, 0, 0, 0, 7], 3);
    assert.deepEqual([...diagonal], [2, 5, 7]);
    assert.deepEqual([...offDiagonal], [3, 0]);
    const zero = tridiagonalForm(new Float64Array(9), 3);
    assert.deepEqual([...tridiagonalEigenvalues(zero.diagonal, zero.offDiagonal)], [0, 0, 0]);
  });
});

describe("the double-precision kernels", () => {
  for (const variant of VARIANTS)
    it(`the ${variant} build agrees with the plain loops`, () => {
      const memory = new WebAssembly.Memory({ initial: 4 });
      const { kernels } = loadVariant(variant, memory);
      const values = new Float64Array(memory.buffer, 0, 4000);
      normals(new Random(5), 4000).forEach((value, i) => (values[i] = value));
      const loops = values.slice();
      // Panels of 3 x 2 tiles and 50 terms; a's first panel is c's second row of tiles.
      for (const offset of [-1, 0, 1]) {
        const sizes = [3, 2, 50, 8 * 208, 8 * 12, offset] as const;
        kernels.addPanelProducts(0, 8 * 700, 8 * 2000, ...sizes);
        addPanelProducts(loops, 0, 8 * 700, 8 * 2000, ...sizes);
      }
      const places = [8 * 2500, 8 * 2600, 8 * 2700, 8 * 2800, 8 * 2900] as const;
      for (const count of [0, 1, 8, 33]) {
        const expected = reflectRow(loops, ...places, count, 0.5, -2, 3);
        assertClose(kernels.reflectRow(...places, count, 0.5, -2, 3), expected, 1e-13);
      }
      // The plain build rounds every step as the loops do, but for the order of a dot product.
      assertClose(values, loops, variant === "plain" ? 0 : 1e-13);
    });
});
