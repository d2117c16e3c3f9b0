import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";

describe("memory of measures of large inputs", () => {
  it("nothing as large as examples x classes, or as all pairs of a class, is in memory", () => {
    const script = path.join(__dirname, "memoryGrowth.ts");
    const args = ["--require", "tsx/cjs", script];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    for (const [what, bytes] of Object.entries(JSON.parse(stdout) as Record<string, number>))
      assert.ok(bytes < 200e6, `${what} took ${bytes} bytes`);
  }).timeout(600_000);
});
