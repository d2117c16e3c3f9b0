import { builtinModules } from "node:module";
import { defineConfig, globalIgnores } from "eslint/config";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import { configs, parser } from "typescript-eslint";

/** The rooms of src, top to bottom: a room imports only from itself and from rooms below it. */
const ROOMS = [
  "*.ts",
  "cli/**",
  "play/*",
  "play/page/**",
  "play/live/**",
  "notebook/**",
  "figures/pages/**",
  "figures/*",
  "results/**",
  "runs/queue/**",
  "runs/sweeps/**",
  "runs/*",
  "training/*",
  "training/evaluation/**",
  "training/settings/**",
  "regularizer/**",
  "metrics/robustness/**",
  "metrics/topology/**",
  "metrics/collapse/**",
  "metrics/behavior/**",
  "model/**",
  "data/**",
  "backend/**",
  "kernels/**",
  "statistics/**",
  "files/**",
  "numerics/**",
].map((files) => `src/${files}`);

/** Rooms that also run in a browser: what needs Node is passed in. */
const WITHOUT_NODE = [
  "src/training/**",
  "src/regularizer/**",
  "src/metrics/**",
  "src/model/**",
  "src/play/{live,page}/**",
  "src/data/{augmentation,batch,featureSet,imageSet,noise,sampler,splits}.ts",
  "src/kernels/**",
  "src/statistics/**",
  "src/numerics/**",
];
/** Rooms of plain arrays: they do not know tensors. */
const WITHOUT_TENSORS = [
  "src/metrics/behavior/**",
  "src/metrics/collapse/**",
  "src/metrics/topology/**",
];

const upward = ROOMS.slice(1).map((target, i) => ({
  target,
  from: ROOMS.slice(0, i + 1),
  message: "A room imports only from rooms below it.",
}));
const kernelsAlone = {
  target: "src/kernels/**",
  from: ROOMS.filter((room) => room !== "src/kernels/**"),
  message: "Kernels import nothing from the project: others use them on their own.",
};
const commandsAlone = {
  target: "src/*.ts",
  from: "src/cli/**",
  message: "Commands are not part of the library.",
};

/** The ways to write a file or folder of which a full disk leaves a half, or that hide the reason. */
const PLAIN_WRITES = ["writeFile", "appendFile", "copyFile", "cp", "mkdir"];
const noPlainWrites = {
  paths: ["node:fs", "node:fs/promises"].map((name) => ({
    name,
    importNames: [
      ...PLAIN_WRITES.flatMap((write) => [write, `${write}Sync`]),
      "createWriteStream",
      "promises",
    ],
    message: "Use atomicWrite or makeFolder (src/files/atomicWrite.ts).",
  })),
};

const noNode = {
  paths: builtinModules.map((name) => ({ name, message: "This room also runs in a browser." })),
  patterns: [{ group: ["node:*"], message: "This room also runs in a browser." }],
};
const NODE_GLOBALS = ["process", "Buffer", "require", "module", "global", "setImmediate"];

export default defineConfig([
  globalIgnores(["dist", "runs", "notebooks", "src/tfjs-node-shim"]),
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/resolver-next": [
        createNodeResolver({
          extensions: [".ts", ".js"],
          // Dynamic imports name the compiled file.
          extensionAlias: { ".js": [".ts", ".js"] },
        }),
      ],
    },
    languageOptions: { parser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "import-x/no-cycle": ["error", { ignoreExternal: true }] },
  },
  {
    files: ["**/*.ts"],
    // AssemblyScript: its own compiler checks the rest.
    ignores: ["src/kernels/assembly/**"],
    extends: [configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: "test/tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        { basePath: import.meta.dirname, zones: [...upward, kernelsAlone, commandsAlone] },
      ],
      eqeqeq: "error",
      "no-restricted-properties": [
        "error",
        {
          object: "Math",
          property: "random",
          message: "Randomness is an argument: take a seeded Random (src/numerics/random.ts).",
        },
      ],
      // A property taken out of an object on purpose is named _.
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, varsIgnorePattern: "^_+$", argsIgnorePattern: "^_+$" },
      ],
      // Packages that are optional, or slow to load, are loaded with require() where they are used.
      "@typescript-eslint/no-require-imports": "off",
      // An error's text shows whatever value came.
      "@typescript-eslint/restrict-template-expressions": "off",
      // tfjs's results are generic only in name: `dataSync() as Float32Array` says what comes.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
    },
  },
  {
    files: ["src/**"],
    ignores: ["src/files/**", "src/tfjs-wasm-training/**"],
    rules: { "no-restricted-imports": ["error", noPlainWrites] },
  },
  {
    files: WITHOUT_NODE,
    rules: {
      "no-restricted-imports": ["error", noNode],
      "no-restricted-globals": ["error", ...NODE_GLOBALS, "__dirname", "__filename"],
    },
  },
  {
    files: WITHOUT_TENSORS,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          ...noNode,
          patterns: [
            ...noNode.patterns,
            { group: ["@tensorflow/*"], message: "Measures take plain arrays." },
          ],
        },
      ],
    },
  },
]);
