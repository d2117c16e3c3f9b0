/**
 * Loads a package on first use, because it may be absent or has side effects.
 *
 * @param what Name of the feature that needs it, for the error.
 * @param advice How to install it.
 * @throws {Error} If it does not load; the message has the reason and the advice.
 */
export function loadPackage<T>(
  name: string,
  what: string,
  advice = `run "npm install ${name}"`,
): T {
  try {
    return require(name) as T;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(`${what}: the package ${name} does not load (${reason}); ${advice}`, {
      cause: error,
    });
  }
}
