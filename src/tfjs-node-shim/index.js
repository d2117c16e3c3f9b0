// danfojs-node depends on @tensorflow/tfjs-node, whose install downloads a native library.
// Resolving from the project root finds the project's own optional copy, never this file.
const { createRequire } = require("node:module");
const path = require("node:path");

const fromRoot = createRequire(path.join(__dirname, "..", "..", "package.json"));
const tfjs = fromRoot("@tensorflow/tfjs");
const backend = tfjs.getBackend();
let tensorflow;
try {
  tensorflow = fromRoot("@tensorflow/tfjs-node");
  // tfjs-node puts itself in the place of the backend in use.
  if (backend) void tfjs.setBackend(backend);
} catch {
  tensorflow = tfjs;
}
module.exports = tensorflow;
