import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { selectExamples } from "../../src/data/imageSet";
import { decodePlayData, encodePlayData, firstOfEachClass } from "../../src/play/live/playData";
import { pageFiles, writePage } from "../../src/play/pageFiles";
import { servePage, type PageServer } from "../../src/play/server";
import { loadRunData } from "../../src/runs/runData";
import { mnist250 } from "../../src/training/settings/presets";

const MOST_BYTES = 6e6;
const main = path.resolve(__dirname, "..", "..", "dist", "cli", "main.js");

describe("the server of tdnc play", () => {
  let server: PageServer;
  const text = new TextEncoder();
  const file = (content: string) => () => Promise.resolve(text.encode(content));

  before(async () => {
    server = await servePage(
      new Map([
        ["index.html", file("<p>page")],
        ["digits.bin", () => Promise.reject(new Error("no digits here"))],
      ]),
    );
  });
  after(() => server.close());

  /** The answer to a path that is sent as it is: fetch would tidy it up. */
  const get = async (target: string, method = "GET") => {
    const request = http.request(server.address, { path: target, method }).end();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    let body = "";
    for await (const part of response.setEncoding("utf8")) body += part;
    return { status: response.statusCode, headers: response.headers, body };
  };

  it("serves the page, isolated from other sites", async () => {
    for (const target of ["/", "/index.html", "/?x=1"]) {
      const { status, headers, body } = await get(target);
      assert.deepEqual([status, body], [200, "<p>page"]);
      assert.equal(headers["content-type"], "text/html; charset=utf-8");
      assert.equal(headers["cross-origin-opener-policy"], "same-origin");
      assert.equal(headers["cross-origin-embedder-policy"], "require-corp");
    }
    assert.equal((await get("/", "HEAD")).body, "");
  });

  it("serves no other file of the disk and takes nothing", async () => {
    for (const target of [
      "/package.json",
      "/../package.json",
      "/%2e%2e/package.json",
      "//etc/passwd",
      "/..%2f..%2fetc/passwd",
      "/index.html/../../package.json",
      "/constructor",
    ])
      assert.equal((await get(target)).status, 404, target);
    assert.equal((await get("/", "POST")).status, 405);
  });

  it("answers with the reason where a file cannot be made", async () => {
    const { status, body } = await get("/digits.bin");
    assert.deepEqual([status, body], [500, "no digits here\n"]);
  });

  it("cannot be reached from other machines", async () => {
    const { port } = new URL(server.address);
    assert.equal(new URL(server.address).hostname, "127.0.0.1");
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal);
    for (const { address } of others) {
      const request = http.get(`http://${address}:${port}/`);
      const [error] = (await once(request, "error")) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNREFUSED");
    }
  });

  it("says which port another program uses", async () => {
    const port = Number(new URL(server.address).port);
    await assert.rejects(
      servePage(new Map(), port),
      new RegExp(
        `^Error: port ${port}: another program uses it; .*without --port|leave out --port`,
      ),
    );
  });
});

describe("the files of tdnc play", function () {
  this.timeout(60_000);
  let folder: string;
  let bytes: Uint8Array<ArrayBuffer>;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-play-"));
    bytes = Uint8Array.from(await pageFiles().get("digits.bin")!());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are at most 6 MB, and name no other host that they ask", async () => {
    const out = path.join(folder, "site");
    await writePage(out);
    const names = readdirSync(out);
    const sizes = names.map((name) => statSync(path.join(out, name)).size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < MOST_BYTES, `${total} bytes`);
    assert.ok(total > 2e6, `${total} bytes`);
    const html = readFileSync(path.join(out, "index.html"), "utf8");
    assert.deepEqual(html.match(/(src|href)="[^"#]*\/\/[^"]*"/g), null);
  });

  it("hold the training images of the command line and 2,000 test images", async () => {
    const { train, test } = decodePlayData(bytes);
    const { split: _, ...expected } = await loadRunData(mnist250);
    assert.deepEqual(train, expected.train);
    assert.equal(test.labels.length, 2000);
    const isDrawn = (label: number) => test.labels.filter((own) => own === label).length;
    const all = (label: number) => expected.test.labels.filter((own) => own === label).length;
    for (let label = 0; label < 10; label++)
      assert.ok(Math.abs(isDrawn(label) - all(label) / 5) < 1);
  });

  it("are refused where they are cut short", () => {
    const data = decodePlayData(bytes);
    assert.deepEqual(encodePlayData(data), bytes);
    assert.throws(
      () => decodePlayData(bytes.slice(0, -1)),
      /^RangeError: expected 1766258 bytes of images, got 1766257$/,
    );
    const few = selectExamples(data.train, firstOfEachClass(data.train, 5));
    assert.equal(few.labels.length, 50);
    assert.equal(firstOfEachClass(data.train).length, 250);
  });

  it("can be written over a folder that has them, but not over a file", async () => {
    writeFileSync(path.join(folder, "file"), "");
    await assert.rejects(
      writePage(path.join(folder, "file", "site")),
      /could not write .*in the way/,
    );
  });

  it("are served by the command until Ctrl-C", async () => {
    const child = spawn(process.execPath, [main, "play", "--no-open"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    for await (const part of child.stdout.setEncoding("utf8")) {
      printed += part;
      if (printed.includes("\n")) break;
    }
    const address = /^(http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)\n$/.exec(printed)![1];
    assert.match(await (await fetch(address)).text(), /<h1>Topological densification, live<\/h1>/);
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});
