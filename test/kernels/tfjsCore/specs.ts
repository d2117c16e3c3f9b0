// A program: runs the specs of tfjs-core on the wasm backend, from the project's folder, and writes
// their results to a file. It is bundled: tfjs's modules import each other without file extensions.
import { jasmineEnv, type SpecResult } from "./jasmineGlobals";
import { writeFileSync } from "node:fs";
import path from "node:path";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { registerTestEnv } from "@tensorflow/tfjs-core/dist/jasmine_util";
import { trainingBuild } from "../../../src/backend/trainingBuild";
import { registerWasmKernels } from "../../../src/kernels/registerWasmKernels";
import { useTrainingBuild } from "../../../src/kernels/trainingModule";

const [resultFile, kernels] = process.argv.slice(2);

setWasmPaths(path.resolve("node_modules/@tensorflow/tfjs-backend-wasm/dist") + path.sep);
if (kernels === "ours") {
  useTrainingBuild(trainingBuild);
  registerWasmKernels();
}
registerTestEnv({ name: "wasm", backendName: "wasm", isDataSync: true });
require("@tensorflow/tfjs-core/dist/tests");

const results: [name: string, status: SpecResult["status"], message: string][] = [];
const record = ({ fullName, status, failedExpectations }: SpecResult) =>
  results.push([fullName, status, failedExpectations[0]?.message ?? ""]);
jasmineEnv.configure({ random: false });
jasmineEnv.addReporter({
  specDone: record,
  suiteDone: (suite) => suite.status === "failed" && record(suite),
});
void jasmineEnv.execute().then(() => {
  writeFileSync(resultFile, JSON.stringify(results));
  process.exit(0);
});
