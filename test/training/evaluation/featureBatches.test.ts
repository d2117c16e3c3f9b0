import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { storedArrays } from "../../../src/files/arrayFile";
import type { RowArray } from "../../../src/numerics/rowArray";
import { featureBatches, featureMatrices } from "../../../src/training/evaluation/featureBatches";
import { npyFile } from "../../support/npyFile";

describe("featureBatches", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-large-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** ImageNet's training set in float32: 10 GB, with only the header on the disk. */
  const [count, dim] = [1_280_000, 2048];
  async function largeFile(isFortran: boolean): Promise<RowArray> {
    const file = path.join(folder, `${isFortran}.npy`);
    const header = npyFile("<f4", isFortran, [count, dim], Buffer.alloc(0));
    writeFileSync(file, header);
    truncateSync(file, header.length + 4 * count * dim);
    const [array] = await storedArrays(file);
    return array.open();
  }

  for (const isFortran of [false, true])
    it(`a file of 10 GB in ${isFortran ? "Fortran" : "C"} order is read in batches of 32 MB at most`, async () => {
      const rows = await largeFile(isFortran);
      const requests: number[] = [];
      const features: RowArray = {
        ...rows,
        rows: (from, to) => {
          requests.push(8 * (to - from) * dim);
          return rows.rows(from, to);
        },
      };
      const batches = featureBatches(featureMatrices({ features, labels: new Uint8Array(count) }));
      const [first] = batches;
      assert.equal(requests.length, 1);
      assert(requests[0] <= 2 ** 25 && requests[0] > 2 ** 24);
      assert.equal(first.features.length, first.labels.length * dim);
      assert.deepEqual(rows.rows(count - 1, count), new Float32Array(dim));
      assert.throws(() => rows.rows(count - 1, count + 1), /expected \d+ bytes at \d+, got/);
    });

  it("batches are read again at each iteration, and checked for finite values once", () => {
    const values = Float32Array.from({ length: 6 }, (_, i) => i);
    const matrices = featureMatrices({ features: values, labels: [0, 1, 0] });
    const batches = featureBatches(matrices);
    for (let pass = 0; pass < 2; pass++)
      assert.deepEqual(
        [...batches].map(({ features }) => [...(features as Float32Array)]),
        [[0, 1, 2, 3, 4, 5]],
      );
    values[3] = NaN;
    assert.throws(() => [...featureBatches(matrices)], /features: .* got NaN in row 1, column 1$/);
  });
});
