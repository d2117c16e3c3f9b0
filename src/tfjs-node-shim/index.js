// danfojs-node depends on @tensorflow/tfjs-node, whose install downloads a native library.
// Resolving from the project root finds the project's own optional copy, never this file.
const { createRequire } = require("node:module");
const path = require("node:path");

const fromRoot = createRequire(path.join(__dirname, "..", "..", "package.json"));
let tensorflow;
try {
  tensorflow = fromRoot("@tensorflow/tfjs-node");
} catch {
  tensorflow = fromRoot("@tensorflow/tfjs");
}
module.exports = tensorflow;
