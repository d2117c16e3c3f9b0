import { format, inspect } from "node:util";
import type { Converter } from "tslab/dist/converter";
import type { Executor } from "tslab/dist/executor";
import { cellFile, interruptible, userFrames, type ExecutedCell } from "./cellCode";
import { each, interrupt, isBreak, settle, timer, wait } from "./cellRuns";

/** An error as Jupyter's protocol has it. */
export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** tslab's executor of cells, and the failures of the cell that it ran last. */
export interface CellExecutor {
  readonly executor: Executor;
  /** Failures since the last call. */
  takeFailures(): Failure[];
  /** An error as it is shown, with the frames of its stack that are in cells or the user's files. */
  failureOf(error: unknown): Failure;
}

/**
 * tslab's executor with three differences: an interrupt stops a cell's code (`cellRuns`), a cell
 * that fails keeps what it declared, and errors are returned, not printed.
 *
 * @param count The number of the cell that runs.
 */
export function cellExecutor(count: () => number): CellExecutor {
  const { createExecutor } = require("tslab/dist/executor") as typeof import("tslab/dist/executor");
  const cells = new Map<string, ExecutedCell>();
  let failures: Failure[] = [];
  const failureOf = (error: unknown) => failure(error, cells);
  const node = converter(
    (cell) => cells.set(cellFile(count()), { count: count(), ...cell }),
    count,
  );
  const converters = { node, browser: node, close: () => node.close() };
  const executor = createExecutor(process.cwd(), converters, {
    log: console.log,
    error: (first: unknown, ...rest: unknown[]) => {
      if (isBreak(first)) interrupt(true);
      // With more values it is a complaint of the compiler.
      else failures.push(rest.length > 0 ? complaint(format(first, ...rest)) : failureOf(first));
    },
  });
  const { __tslab__ } = globalThis as unknown as { __tslab__: object };
  Object.assign(__tslab__, { each, settle, timer, wait });
  const takeFailures = () => {
    const taken = failures;
    failures = [];
    return taken;
  };
  return { executor, takeFailures, failureOf };
}

/** tslab's compiler, which keeps what a cell declares also where it fails later. */
function converter(
  onCell: (cell: { source: string; compiled: string }) => void,
  count: () => number,
): Converter {
  const { createConverter } =
    require("tslab/dist/converter") as typeof import("tslab/dist/converter");
  const inner = createConverter({ isJS: false, isBrowser: false });
  let declarations = "";
  return {
    convert: (_, source) => {
      const converted = inner.convert(declarations, source);
      if (converted.diagnostics.length > 0) return converted;
      declarations = converted.declOutput ?? "";
      if (!converted.output) return converted;
      onCell({ source, compiled: converted.output });
      const output = `${interruptible(converted.output)}\n//# sourceURL=${cellFile(count())}`;
      return { ...converted, output };
    },
    inspect: (_, source, position) => inner.inspect(declarations, source, position),
    complete: (_, source, position) => inner.complete(declarations, source, position),
    addModule: (name, content, meta) => inner.addModule(name, content, meta),
    close: () => inner.close(),
  };
}

const complaint = (line: string): Failure => ({
  ename: "TypeScriptError",
  evalue: line,
  traceback: [line],
});

function failure(error: unknown, cells: ReadonlyMap<string, ExecutedCell>): Failure {
  if (!(error instanceof Error))
    return { ename: "Thrown", evalue: inspect(error), traceback: [`Thrown: ${inspect(error)}`] };
  const { name: ename, message: evalue, stack = "", cause } = error;
  const frames = userFrames(stack, cells);
  const causes =
    cause === undefined
      ? []
      : failure(cause, cells).traceback.map((line, i) => (i ? line : `Caused by ${line}`));
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...frames, ...causes] };
}
