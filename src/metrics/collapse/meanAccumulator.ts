/**
 * The mean of features without labels that arrive in batches, in double precision: what
 * {@link outOfDistributionOrthogonality} needs of the second data set. How they are cut into batches
 * changes nothing, not even the last bit.
 */
export class MeanAccumulator {
  private count = 0;
  private readonly center: Float64Array;

  /**
   * @param dim Dimension of a feature vector.
   * @throws {RangeError} If it is not a whole number of at least 1.
   */
  constructor(readonly dim: number) {
    if (!Number.isSafeInteger(dim) || dim < 1)
      throw new RangeError(`expected features of dimension 1 or more, got ${dim}`);
    this.center = new Float64Array(dim);
  }

  /**
   * Takes in a batch; an empty one changes nothing, and so does one that is refused.
   *
   * @param features N x dim, row-major.
   * @throws {RangeError} If the length is not a multiple of `dim` or a feature is not finite.
   */
  add(features: ArrayLike<number>): void {
    const { dim, center } = this;
    if (features.length % dim !== 0)
      throw new RangeError(`expected features of dimension ${dim}, got ${features.length} values`);
    for (let i = 0; i < features.length; i++)
      if (!Number.isFinite(features[i]))
        throw new RangeError(
          `expected finite features, got ${features[i]} at example ${Math.floor(i / dim)}`,
        );
    for (let start = 0; start < features.length; start += dim) {
      this.count++;
      for (let i = 0; i < dim; i++) center[i] += (features[start + i] - center[i]) / this.count;
    }
  }

  /**
   * The mean of all examples so far, a copy.
   *
   * @throws {RangeError} If there is no example yet.
   */
  mean(): Float64Array {
    if (this.count === 0) throw new RangeError("expected an example, got none");
    return this.center.slice();
  }
}
