// danfojs-node depends on @tensorflow/tfjs-node, whose install downloads a native library.
// Resolving from the project root finds the project's own optional copy, never this file.
const { createRequire } = require("node:module");
const path = require("node:path");

const fromRoot = createRequire(path.join(__dirname, "..", "..", "package.json"));
const tfjs = fromRoot("@tensorflow/tfjs");
const backend = tfjs.getBackend();
let tensorflow;
// As src/backend/selectBackend.ts does: TensorFlow reads both once, when it is loaded.
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
process.env.TF_NUM_INTRAOP_THREADS ??= process.env.TDNC_THREADS || "1";
try {
  tensorflow = fromRoot("@tensorflow/tfjs-node");
  // tfjs-node puts itself in the place of the backend in use.
  if (backend) void tfjs.setBackend(backend);
} catch {
  tensorflow = tfjs;
}
module.exports = tensorflow;
