import type { TrainingKernels } from "./trainingKernels";
import { loadTrainingModule } from "./trainingModule";
import { addPanelProducts, reflectRow } from "./doubleLoops";

/** Columns of a panel. */
const PANEL = 4;
/** Inner index of a product that stays in the cache with one panel, and panels that do with it. */
const [INNER_BLOCK, PANEL_BLOCK] = [256, 64];

/** Bytes of a page of WebAssembly memory, and how many pages it can have. */
const [PAGE, PAGES] = [65536, 65536];

type DoubleKernels = Pick<TrainingKernels, "addPanelProducts" | "reflectRow">;

/** The kernels on a memory of their own, which grows with the largest product seen. */
interface Workspace {
  readonly kernels: DoubleKernels;
  /** The first `length` doubles of the memory, as they are: not set to zero. */
  readonly doubles: (length: number) => Float64Array;
}

let workspace: Workspace | undefined;

/** In SIMD where the engine has it and a build was given, else in plain loops. */
function open(): Workspace {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES });
  const module = loadTrainingModule(memory);
  if (module === undefined) return plainWorkspace();
  return {
    kernels: module.kernels,
    doubles: (length) => {
      const missing = Math.ceil((8 * length) / PAGE) - memory.buffer.byteLength / PAGE;
      if (8 * length > PAGE * PAGES)
        throw new RangeError(
          `expected matrices of at most 4 GiB together, got ${8 * length} bytes`,
        );
      if (missing > 0) memory.grow(missing);
      return new Float64Array(memory.buffer, 0, length);
    },
  };
}

function plainWorkspace(): Workspace {
  let values = new Float64Array();
  return {
    kernels: {
      addPanelProducts: (...args) => addPanelProducts(values, ...args),
      reflectRow: (...args) => reflectRow(values, ...args),
    },
    doubles: (length) => {
      if (values.length < length) values = new Float64Array(length);
      return values.subarray(0, length);
    },
  };
}

const padded = (size: number) => Math.ceil(size / PANEL) * PANEL;

/** Doubles from a panel to the next: apart from powers of two, whose lines share places in a cache. */
const panelSize = (inner: number) => PANEL * inner + 8;

/**
 * Inner products of every row of `left` with every row of `right`, in double precision.
 *
 * Every product is summed in the order of its terms, so that it does not depend on the other rows.
 *
 * @param left N x dim, row-major.
 * @param right K x dim, row-major; the same array as `left` takes half as long.
 * @returns N x K, row-major.
 */
export function rowProducts(left: Float64Array, right: Float64Array, dim: number): Float64Array {
  const [rows, columns] = [left.length / dim, right.length / dim];
  const [height, width] = [padded(rows), padded(columns)];
  const isSymmetric = left === right;
  const b = isSymmetric ? 0 : (height / PANEL) * panelSize(dim);
  const c = b + (width / PANEL) * panelSize(dim);
  const { kernels, doubles } = (workspace ??= open());
  const values = doubles(c + height * width);
  packRows(left, rows, dim, values, 0);
  if (!isSymmetric) packRows(right, columns, dim, values, b);
  values.fill(0, c);
  addProducts(kernels, 0, b, c, height / PANEL, width / PANEL, dim, width, isSymmetric);
  const products = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    products.set(values.subarray(c + row * width, c + row * width + columns), row * columns);
  if (isSymmetric)
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < row; i++) products[row * columns + i] = products[i * columns + row];
  return products;
}

/**
 * sum += left' right, of which only the upper triangle is meant: the elements below the diagonal are
 * left as they were or not, and are not to be read.
 *
 * @param sum width x width.
 * @param left,right count x width, row-major, such that left' right is symmetric.
 * @param width A multiple of 4.
 */
export function addSymmetricProduct(
  sum: Float64Array,
  left: Float64Array,
  right: Float64Array,
  width: number,
): void {
  const count = left.length / width;
  const b = (width / PANEL) * panelSize(count);
  const { kernels, doubles } = (workspace ??= open());
  const values = doubles(2 * b + width * width);
  packColumns(left, count, width, values, 0);
  packColumns(right, count, width, values, b);
  values.set(sum, 2 * b);
  addProducts(kernels, 0, b, 2 * b, width / PANEL, width / PANEL, count, width, true);
  sum.set(values.subarray(2 * b));
}

/** {@link TrainingKernels.addPanelProducts} in blocks that stay in the cache; places in doubles. */
function addProducts(
  kernels: DoubleKernels,
  a: number,
  b: number,
  c: number,
  panelsA: number,
  panelsB: number,
  inner: number,
  width: number,
  isUpper: boolean,
): void {
  for (let k = 0; k < inner; k += INNER_BLOCK)
    for (let i = 0; i < panelsA; i += PANEL_BLOCK)
      kernels.addPanelProducts(
        8 * (a + i * panelSize(inner) + PANEL * k),
        8 * (b + PANEL * k),
        8 * (c + PANEL * i * width),
        Math.min(PANEL_BLOCK, panelsA - i),
        panelsB,
        Math.min(INNER_BLOCK, inner - k),
        8 * panelSize(inner),
        8 * width,
        isUpper ? i : -1,
      );
}

/** Writes the rows as columns of panels, each dim x 4; zeros where the last one has no row. */
function packRows(
  from: Float64Array,
  rows: number,
  dim: number,
  to: Float64Array,
  start: number,
): void {
  for (let row = 0, panel = start; row < rows; row += PANEL, panel += panelSize(dim))
    if (row + PANEL <= rows)
      for (let i = 0, at = panel, own = row * dim; i < dim; i++, at += PANEL, own++) {
        to[at] = from[own];
        to[at + 1] = from[own + dim];
        to[at + 2] = from[own + 2 * dim];
        to[at + 3] = from[own + 3 * dim];
      }
    else {
      to.fill(0, panel, panel + PANEL * dim);
      for (let k = 0; row + k < rows; k++)
        for (let i = 0; i < dim; i++) to[panel + PANEL * i + k] = from[(row + k) * dim + i];
    }
}

/** Writes the columns into panels, each count x 4. */
function packColumns(
  from: Float64Array,
  count: number,
  width: number,
  to: Float64Array,
  start: number,
): void {
  const size = panelSize(count);
  for (let row = 0, own = 0; row < count; row++)
    for (let column = 0, at = start + row * PANEL; column < width; column += PANEL) {
      to[at] = from[own];
      to[at + 1] = from[own + 1];
      to[at + 2] = from[own + 2];
      to[at + 3] = from[own + 3];
      at += size;
      own += PANEL;
    }
}

/** A symmetric tridiagonal matrix. */
export interface Tridiagonal {
  /** n values. */
  readonly diagonal: Float64Array;
  /** n - 1 values. */
  readonly offDiagonal: Float64Array;
}

/**
 * A tridiagonal matrix with the eigenvalues of a symmetric one, by Householder's reflections: 4/3
 * dim^3 operations, every element read and written once a step.
 *
 * @param matrix dim x dim; only its upper triangle is read.
 */
export function tridiagonalForm(matrix: ArrayLike<number>, dim: number): Tridiagonal {
  const diagonal = new Float64Array(dim);
  const offDiagonal = new Float64Array(Math.max(0, dim - 1));
  const { kernels, doubles } = (workspace ??= open());
  const values = doubles(dim * (dim + 4));
  values.set(matrix);
  // The last reflection is I - v v' / (v v' / 2); v w' + w v' is what it takes from the matrix.
  let [v, w, u, sums] = [0, 1, 2, 3].map((i) => dim * (dim + i));
  values.fill(0, dim * dim);
  for (let k = 0; k < dim; k++) {
    // Row k without the last reflection: it gives the next one, u.
    const row = k * dim;
    for (let j = k; j < dim; j++)
      values[row + j] -= values[v + k] * values[w + j] + values[w + k] * values[v + j];
    diagonal[k] = values[row + k];
    if (k === dim - 1) break;
    const [head, factor] = reflection(values, row + k + 1, u + k + 1, dim - k - 1);
    offDiagonal[k] = head;
    values.fill(0, sums + k + 1, sums + dim);
    for (let i = k + 1; i < dim; i++) {
      const [own, count] = [i * dim + i, dim - i];
      const x = values[v + i];
      const y = values[w + i];
      const z = values[u + i];
      const place = (vector: number) => 8 * (vector + i);
      const before = values[sums + i];
      const dot = kernels.reflectRow(
        8 * own,
        place(v),
        place(w),
        place(u),
        place(sums),
        count,
        x,
        y,
        z,
      );
      values[sums + i] = before + dot;
    }
    // w = A u f - (f / 2) (u' A u f) u
    let projection = 0;
    for (let i = k + 1; i < dim; i++) projection += values[u + i] * values[sums + i];
    const half = (factor * factor * projection) / 2;
    for (let i = k + 1; i < dim; i++)
      values[sums + i] = factor * values[sums + i] - half * values[u + i];
    [v, w, u, sums] = [u, sums, v, w];
  }
  return { diagonal, offDiagonal };
}

/**
 * The vector u of the reflection I - f u u' that maps x to a multiple of the first axis.
 *
 * @returns The multiple, and f: 0 where x is one already.
 */
function reflection(values: Float64Array, x: number, u: number, count: number): [number, number] {
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(values[x + i]));
  let tail = 0;
  for (let i = 0; i < count; i++) {
    values[u + i] = largest === 0 ? 0 : values[x + i] / largest;
    if (i > 0) tail += values[u + i] ** 2;
  }
  if (tail === 0) {
    const head = values[x];
    values.fill(0, u, u + count);
    return [head, 0];
  }
  const head = values[u];
  const norm = Math.sqrt(head * head + tail);
  values[u] = head + (head < 0 ? -norm : norm);
  return [head < 0 ? largest * norm : -largest * norm, 2 / (values[u] ** 2 + tail)];
}
