import { defineConfig, globalIgnores } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig([
  // src/kernels/assembly is AssemblyScript: its own compiler checks it.
  globalIgnores(["dist", "runs", "notebooks", "src/tfjs-node-shim", "src/kernels/assembly"]),
  {
    files: ["**/*.ts"],
    extends: [configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: "test/tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
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
]);
