import type { Context } from "mocha";

/**
 * Skips the running test where a program is missing on a user's machine, and says so; where CI is
 * set everything is installed, and a missing program is a failure.
 */
export function needs<T>(test: Context, found: T | undefined, name: string): T {
  if (found !== undefined) return found;
  const message = `${name} is not installed`;
  if (process.env.CI) throw new Error(`${message}, and CI is set`);
  console.log(`      skipped: ${message}`);
  return test.skip();
}
