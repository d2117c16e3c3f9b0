import { defineConfig, globalIgnores } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig([
  globalIgnores(["dist", "runs", "notebooks", "src/tfjs-node-shim"]),
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
          message: "Randomness is an argument: take a seeded Random (src/data/random.ts).",
        },
      ],
      // Packages that are optional, or slow to load, are loaded with require() where they are used.
      "@typescript-eslint/no-require-imports": "off",
      // An error's text shows whatever value came.
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
]);
