import assert from "node:assert/strict";
import { Random } from "../../src/numerics/random";
import { loadTrainingModule, type TrainingModule } from "../../src/kernels/trainingModule";

const GUARD = 32;
const UNSET = 12345.5;

/**
 * Agreement of float32 sums with double ones, as a share of a value's magnitude: the sum of the
 * absolute values of what was added up to make it, the scale of its rounding errors.
 */
export const ROUNDING = 1e-5;

/** Both builds of the training kernels. */
export const VARIANTS = ["plain", "relaxed"] as const;

/**
 * A memory laid out for one call of a kernel: inputs, outputs and scratch with guard bands between
 * them. Afterwards {@link check} sees whether a guard or an input was written.
 */
export class Arena {
  readonly memory = new WebAssembly.Memory({ initial: 256 });
  readonly module: TrainingModule;
  private readonly floats = new Float32Array(this.memory.buffer);
  private readonly inputs: { at: number; values: Float32Array }[] = [];
  private readonly guards: number[] = [];
  private end = 0;

  constructor(variant: (typeof VARIANTS)[number]) {
    this.module = loadVariant(variant, this.memory);
    this.reserve(0);
  }

  /** Forgets everything laid out so far. */
  reset(): void {
    this.inputs.length = this.guards.length = this.end = 0;
    this.reserve(0);
  }

  input(values: Float32Array): number {
    const at = this.reserve(values.length);
    this.floats.set(values, at);
    this.inputs.push({ at, values });
    return at * 4;
  }

  /** Memory that a kernel both reads and writes. */
  changed(values: Float32Array): number {
    const at = this.reserve(values.length);
    this.floats.set(values, at);
    return at * 4;
  }

  output(length: number): number {
    return this.reserve(length) * 4;
  }

  read(address: number, length: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + length);
  }

  check(): void {
    for (const guard of this.guards)
      for (let i = guard; i < guard + GUARD; i++)
        assert.equal(this.floats[i], UNSET, `the kernel wrote outside its output, at float ${i}`);
    for (const { at, values } of this.inputs)
      assert.deepEqual(this.floats.slice(at, at + values.length), values, "an input was changed");
  }

  private reserve(length: number): number {
    const at = this.end;
    this.end += length + GUARD;
    assert.ok(this.end <= this.floats.length, "the arena is too small");
    this.floats.fill(UNSET, at, this.end);
    this.guards.push(at + length);
    return at;
  }
}

/** The module with `TDNC_SIMD` set for the time of loading. */
export function loadVariant(variant: string, memory: WebAssembly.Memory): TrainingModule {
  const before = process.env.TDNC_SIMD;
  process.env.TDNC_SIMD = variant;
  try {
    const module = loadTrainingModule(memory);
    assert.ok(module !== undefined);
    return module;
  } finally {
    if (before === undefined) delete process.env.TDNC_SIMD;
    else process.env.TDNC_SIMD = before;
  }
}

/** Standard normal float32 values. */
export function normals(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}
