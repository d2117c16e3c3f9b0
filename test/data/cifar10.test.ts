import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { tarMember } from "../files/tarFiles";
import { loadCifar10, parseCifar10Batch } from "../../src/data/cifar10";

/** A row whose planes are filled with a value and, at one place, with another. */
function row(label: number, [red, green, blue]: number[]): Buffer {
  const planes = [red, green, blue].map((value) => Buffer.alloc(1024, value));
  return Buffer.concat([Buffer.of(label), ...planes]);
}

/** Batch i has one image of label i, whose red is i; the test batch two, of label 9. */
const FILES = new Map([
  ...[1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, row(i, [i, 20, 30])] as const),
  ["test_batch.bin", Buffer.concat([row(9, [1, 2, 3]), row(9, [4, 5, 6])])] as const,
]);

function archive(files: ReadonlyMap<string, Buffer>): Buffer {
  const inside = "cifar-10-batches-bin/";
  return Buffer.concat([
    tarMember(inside, Buffer.alloc(0), { type: "5" }),
    tarMember(`${inside}readme.html`, Buffer.alloc(700, "x")),
    ...[...files].map(([name, content]) => tarMember(inside + name, content)),
    Buffer.alloc(1024),
  ]);
}

describe("parseCifar10Batch", () => {
  it("the planes of a batch become the channels of its pixels", () => {
    const bytes = row(3, [10, 20, 30]);
    // Row 2, column 5 of the green plane.
    bytes[1 + 1024 + 2 * 32 + 5] = 99;
    const { pixels, labels, imageShape, classCount } = parseCifar10Batch(bytes, "batch");
    assert.deepEqual([[...labels], imageShape, classCount], [[3], [32, 32, 3], 10]);
    assert.deepEqual([...pixels.subarray(0, 3)], [10, 20, 30]);
    const at = (2 * 32 + 5) * 3;
    assert.deepEqual([...pixels.subarray(at - 3, at + 6)], [10, 20, 30, 10, 99, 30, 10, 20, 30]);
  });

  it("a batch that is truncated, empty or has a label above 9 is rejected", () => {
    const bytes = row(3, [10, 20, 30]);
    assert.throws(
      () => parseCifar10Batch(bytes.subarray(1), "batch"),
      /^RangeError: batch: expected rows of 3073 bytes, got 3072 bytes/,
    );
    assert.throws(() => parseCifar10Batch(Buffer.alloc(0), "batch"), /got 0 bytes/);
    const two = Buffer.concat([bytes, row(10, [1, 2, 3])]);
    assert.throws(() => parseCifar10Batch(two, "batch"), /from 0 to 9, got 10 in row 1/);
  });
});

describe("loadCifar10", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-cifar-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function writeFiles(place: string): void {
    mkdirSync(place, { recursive: true });
    for (const [name, content] of FILES) writeFileSync(path.join(place, name), content);
  }

  const name = "cifar-10-binary.tar.gz";
  const writeArchive = (content: Buffer) => writeFileSync(path.join(folder, name), content);

  async function assertFiles(): Promise<void> {
    const { train, test } = await loadCifar10(folder);
    assert.deepEqual([...train.labels], [1, 2, 3, 4, 5]);
    assert.deepEqual([...test.labels], [9, 9]);
    const firstPixels = [0, 1, 2, 3, 4].map((i) => [
      ...train.pixels.subarray(i * 3072, i * 3072 + 3),
    ]);
    assert.deepEqual(
      firstPixels,
      [1, 2, 3, 4, 5].map((red) => [red, 20, 30]),
    );
    assert.deepEqual([...test.pixels.subarray(3072, 3075)], [4, 5, 6]);
  }

  it("loadCifar10 reads the training batches in order and the test batch", async () => {
    // Not in the batches' order, as in the published archive.
    writeArchive(gzipSync(archive(new Map([...FILES].reverse()))));
    await assertFiles();
  });

  it("loadCifar10 reads unpacked files from the folder or the archive's subfolder", async () => {
    const below = path.join(folder, "cifar-10-batches-bin");
    writeFiles(below);
    await assertFiles();
    rmSync(below, { recursive: true });
    writeFiles(folder);
    await assertFiles();
  });

  it("loadCifar10 names a missing file and the command that fetches it", async () => {
    await assert.rejects(
      loadCifar10(folder),
      /cifar-10-binary\.tar\.gz: expected this file.* found neither; "npx tdnc data cifar10" downloads/,
    );
    writeFiles(folder);
    rmSync(path.join(folder, "data_batch_4.bin"));
    await assert.rejects(
      loadCifar10(folder),
      /data_batch_4\.bin: expected this file, which does not exist/,
    );
  });

  it("loadCifar10 rejects an archive that is truncated, damaged or lacks a file", async () => {
    const whole = archive(FILES);
    const refused = async (content: Buffer, message: RegExp) => {
      writeArchive(content);
      await assert.rejects(loadCifar10(folder), message);
    };
    // Archives end in blocks of zeros; with this many the checksum is far from the last file.
    const packed = gzipSync(Buffer.concat([whole, Buffer.alloc(1 << 20)]));
    await refused(
      packed.subarray(0, -20),
      /tar\.gz: expected a complete .* unexpected end of file/,
    );
    const damaged = Buffer.from(packed);
    damaged[packed.length - 5] ^= 1;
    await refused(damaged, /tar\.gz: expected a complete .* incorrect (data|length) check/);
    await refused(gzipSync(whole.subarray(0, 3000)), /expected \d+ more bytes, got the end/);
    const header = Buffer.from(whole);
    header[3] ^= 1;
    await refused(gzipSync(header), /expected a tar header with the checksum \d+, got \d+/);
    const without = new Map([...FILES].filter(([own]) => own !== "test_batch.bin"));
    await refused(gzipSync(archive(without)), /expected it to contain test_batch\.bin/);
    const wrong = new Map([...FILES, ["data_batch_2.bin", row(11, [1, 1, 1])] as const]);
    await refused(
      gzipSync(archive(wrong)),
      /tar\.gz: cifar-10-batches-bin\/data_batch_2\.bin: expected labels from 0 to 9, got 11/,
    );
  });
});
