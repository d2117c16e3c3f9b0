import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.join(__dirname, "..", "..");
const tests = [
  "kernels/convolutionGradients",
  "kernels/modelZoo",
  "kernels/everyKernel",
  "kernels/otherGradients",
  "kernels/pytorch",
  "kernels/simdOperations",
  "kernels/tfjsCore",
  "model/network",
  "training/pytorch",
  "training/trainStep",
].map((name) => path.join("test", `${name}.test.ts`));

describe("the wasm backend", function () {
  this.timeout(1_200_000);

  // The backend chooses its kernels when it starts, so each variant needs a process. The other tests
  // use the best that the engine supports, relaxed SIMD on Node 20 and later. Long: outside npm test.
  for (const variant of ["plain", "none"])
    it(`the wasm backend passes its tests with TDNC_SIMD=${variant}`, () => {
      const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
      const options = ["--no-config", "--no-package", "--require", "tsx/cjs", "--timeout", "60000"];
      const { status, stdout } = spawnSync(process.execPath, [mocha, ...options, ...tests], {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, TDNC_SIMD: variant },
      });
      // Only this process's summary looks like one: .ci/run counts.
      assert.equal(status, 0, stdout.replace(/^ +(?=\d+ (passing|failing|pending))/gm, "In it: "));
      assert.match(stdout, /\d\d passing/);
    });
});
