/**
 * Object whose properties are computed on first access and cached.
 *
 * @param compute Functions that compute each property from the others. A property whose function
 *   throws is computed again on the next access.
 */
export function lazily<T extends object>(compute: {
  readonly [Name in keyof T]-?: (self: T) => T[Name];
}): T {
  const self = {} as T;
  for (const name of Object.keys(compute) as (keyof T)[])
    Object.defineProperty(self, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = compute[name](self);
        Object.defineProperty(self, name, { value, enumerable: true });
        return value;
      },
    });
  return self;
}
