/** What a spec did. */
export interface SpecResult {
  readonly fullName: string;
  readonly status: "passed" | "failed" | "pending" | "excluded";
  readonly failedExpectations: readonly { readonly message: string }[];
}

/** The part of jasmine's environment that is used here. */
interface JasmineEnv {
  configure(options: { random: boolean }): void;
  addReporter(reporter: {
    specDone(spec: SpecResult): void;
    suiteDone(suite: SpecResult): void;
  }): void;
  execute(): Promise<unknown>;
}

interface JasmineCore {
  core(jasmine: JasmineCore): { getEnv(): JasmineEnv };
  interface(core: unknown, env: JasmineEnv): object;
}

// jasmine-core's own boot looks for files beside it, which a bundle does not have.
const jasmine = require("jasmine-core/lib/jasmine-core/jasmine.js") as JasmineCore;
const core = jasmine.core(jasmine);

/** Runs what the globals `describe` and `it`, set by this module, have collected. */
export const jasmineEnv = core.getEnv();
Object.assign(globalThis, jasmine.interface(core, jasmineEnv));
