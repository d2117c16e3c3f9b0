import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fetchFile, takeFile, WrongContent, type OfficialFile } from "../../src/files/fetchFile";
import { OFFICIAL_FILES } from "../../src/data/officialFiles";
import { FileServer, type Answer } from "./fileServer";

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i) >>> 3));
const md5 = createHash("md5").update(content).digest("hex");
const otherContent = Buffer.alloc(content.length, 7);

describe("fetchFile", () => {
  let folder: string;
  let server: FileServer;
  const at = (name: string) => path.join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-fetch-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await server?.stop();
  });

  async function fileOf(...answers: Answer[]): Promise<OfficialFile> {
    server = new FileServer(content, answers);
    return { name: "a.bin", address: await server.start(), bytes: content.length, md5 };
  }

  const onProgress = (count: number) => server.received(count);
  const noPauses = { pauses: [0, 0, 0], onProgress };

  it("fetchFile fetches the whole file, reports progress and leaves no other file", async () => {
    const file = await fileOf();
    const received: number[] = [];
    const note = (count: number, total: number) => {
      assert.equal(total, content.length);
      received.push(count);
    };
    assert.equal(await fetchFile(file, at("new/folder"), { onProgress: note }), "fetched");
    assert.deepEqual(readFileSync(at("new/folder/a.bin")), content);
    assert.deepEqual(readdirSync(at("new/folder")), ["a.bin"]);
    assert.equal(received[received.length - 1], content.length);
    assert.deepEqual(
      received,
      [...received].sort((a, b) => a - b),
    );
  });

  it("fetchFile requests nothing if the file exists and rejects another of its name", async () => {
    const file = await fileOf();
    writeFileSync(at("a.bin"), content);
    assert.equal(await fetchFile(file, folder), "present");
    writeFileSync(at("a.bin"), "something else");
    await assert.rejects(
      fetchFile(file, folder),
      new WrongContent(
        `${at("a.bin")}: expected the official file (MD5 ${md5}), got 14 bytes with MD5 ` +
          "6c7ba9c5a141421e1c03cb9807c97c74: it is damaged, or another file",
      ),
    );
    assert.deepEqual(server.requests, []);
    assert.equal(readFileSync(at("a.bin"), "utf8"), "something else");
  });

  it("fetchFile resumes after each cut connection that brought some bytes", async () => {
    const cuts = [10_000, 20_000, 5000, 5000, 5000].map((cutBehind) => ({ cutBehind }));
    const file = await fileOf(...cuts);
    await fetchFile(file, folder, { pauses: [0], onProgress });
    assert.deepEqual(readFileSync(at("a.bin")), content);
    const starts = [10_000, 30_000, 35_000, 40_000, 45_000].map((from) => `bytes=${from}-`);
    assert.deepEqual(
      server.requests,
      ["all", ...starts].map((range) => `/a.bin ${range}`),
    );
  });

  it("fetchFile retries and gives the reason if the server's name is lost midway", async () => {
    const lost = { status: 302, location: "http://nowhere.invalid/" };
    const file = await fileOf({ cutBehind: 40_000 }, lost);
    const said: [string, number][] = [];
    const onRetry = (error: Error, pause: number) => void said.push([error.name, pause]);
    await fetchFile(file, folder, { pauses: [1, 2], onProgress, onRetry });
    assert.deepEqual(readFileSync(at("a.bin")), content);
    assert.deepEqual(said, [
      ["Interrupted", 1],
      ["NoServer", 2],
    ]);
  });

  it("fetchFile gives up after one request if the server's name never resolves", async () => {
    const file = await fileOf({ status: 302, location: "http://nowhere.invalid/" });
    await assert.rejects(fetchFile(file, folder, noPauses), /expected a response, got: /);
    assert.equal(server.requests.length, 1);
  });

  it("fetchFile resumes from the part that an earlier call left", async () => {
    const file = await fileOf({ cutBehind: 40_000 });
    await assert.rejects(
      fetchFile(file, folder, { pauses: [], onProgress }),
      /the connection broke off/,
    );
    assert.deepEqual(readdirSync(folder), ["a.bin.part"]);
    await fetchFile(file, folder, { pauses: [] });
    assert.deepEqual(readFileSync(at("a.bin")), content);
    assert.deepEqual(server.requests, ["/a.bin all", "/a.bin bytes=40000-"]);
  });

  it("fetchFile starts over if the server ignores ranges", async () => {
    const file = await fileOf({ cutBehind: 40_000 }, { ignoresRange: true });
    await fetchFile(file, folder, noPauses);
    assert.deepEqual(readFileSync(at("a.bin")), content);
  });

  it("fetchFile starts over if the earlier call's part is not a part of the file", async () => {
    for (const left of [otherContent.subarray(0, 10), otherContent, Buffer.alloc(200_000)]) {
      const file = await fileOf();
      writeFileSync(at("a.bin.part"), left);
      await fetchFile(file, folder, noPauses);
      assert.deepEqual(readFileSync(at("a.bin")), content);
      rmSync(at("a.bin"));
      await server.stop();
    }
  });

  it("fetchFile retries an unavailable server as often as there are pauses", async () => {
    const busy = { status: 503 };
    const file = await fileOf(busy, busy, busy);
    await fetchFile(file, folder, noPauses);
    await server.stop();
    rmSync(at("a.bin"));
    const other = await fileOf(busy, busy, busy, busy);
    await assert.rejects(fetchFile(other, folder, noPauses), /a\.bin: .* got HTTP status 503/);
    assert.equal(server.requests.length, 4);
    await server.stop();
    await assert.rejects(fetchFile(other, folder, noPauses), /a\.bin: expected a response, got: /);
  });

  it("fetchFile does not retry if the server lacks the file or its size is wrong", async () => {
    const file = await fileOf({ status: 404 }, { content: Buffer.from("<html>") });
    await assert.rejects(fetchFile(file, folder, noPauses), /a\.bin: .* got HTTP status 404/);
    await assert.rejects(
      fetchFile(file, folder, noPauses),
      /a\.bin: expected a file of 100000 bytes, got one of 6/,
    );
    assert.equal(server.requests.length, 2);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("fetchFile rejects another file of the same size and leaves no part of it", async () => {
    const file = await fileOf({ content: otherContent });
    await assert.rejects(fetchFile(file, folder, noPauses), WrongContent);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("fetchFile follows a redirect but not endless redirects", async () => {
    const moved = { status: 302, location: "/b.bin" };
    const file = await fileOf(moved);
    await fetchFile(file, folder, noPauses);
    assert.deepEqual(server.requests, ["/a.bin all", "/b.bin all"]);
    await server.stop();
    rmSync(at("a.bin"));
    const circle = await fileOf(...Array<Answer>(20).fill(moved));
    await assert.rejects(fetchFile(circle, folder, noPauses), /got HTTP status 302/);
  });
});

describe("takeFile", () => {
  let folder: string;
  const file = { name: "a.bin", address: "http://127.0.0.1:9/", bytes: content.length, md5 };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-take-"));
    mkdirSync(path.join(folder, "from"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const from = () => path.join(folder, "from");
  const out = () => path.join(folder, "out");

  it("takeFile copies a file with the right MD5 unless both folders are the same", async () => {
    writeFileSync(path.join(from(), "a.bin"), content);
    await takeFile(file, from(), out());
    assert.deepEqual(readFileSync(path.join(out(), "a.bin")), content);
    assert.deepEqual(readdirSync(out()), ["a.bin"]);
    await takeFile(file, from(), path.join(from(), "..", "from"));
    assert.deepEqual(readdirSync(from()), ["a.bin"]);
  });

  it("takeFile does not overwrite another file of the same name", async () => {
    writeFileSync(path.join(from(), "a.bin"), content);
    mkdirSync(out());
    const target = path.join(out(), "a.bin");
    writeFileSync(target, "of my own");
    await assert.rejects(takeFile(file, from(), out()), /out\/a\.bin: expected the official file/);
    assert.equal(readFileSync(target, "utf8"), "of my own");
    writeFileSync(target, content);
    await takeFile(file, from(), out());
  });

  it("takeFile rejects a missing or different file and copies nothing", async () => {
    await assert.rejects(takeFile(file, from(), out()), /from\/a\.bin: expected this file/);
    writeFileSync(path.join(from(), "a.bin"), otherContent);
    await assert.rejects(takeFile(file, from(), out()), /from\/a\.bin: expected the official file/);
    assert.deepEqual(readdirSync(folder), ["from"]);
  });
});

describe("the official files", () => {
  it("the official files are those of SVHN and CIFAR-10 with their MD5", () => {
    const lines = Object.values(OFFICIAL_FILES)
      .flat()
      .map(({ address, name, md5: own }) => `${address}${name} ${own}`);
    assert.deepEqual(lines, [
      "http://ufldl.stanford.edu/housenumbers/train_32x32.mat e26dedcc434d2e4c54c9b2d4a06d8373",
      "http://ufldl.stanford.edu/housenumbers/test_32x32.mat eb5a983be6a315427106f1b164d9cef3",
      "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz c32a1d4ab5d03f1284b67883e8d87530",
    ]);
  });
});
