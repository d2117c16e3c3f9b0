/**
 * An object whose properties are computed when they are first read, and kept.
 *
 * @param compute How each property follows from the others. One that throws is computed again when
 *   it is read again.
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
