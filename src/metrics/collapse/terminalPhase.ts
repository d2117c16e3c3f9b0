/**
 * The first epoch with train error 0, from which on the terminal phase is counted; null if there is
 * none. A later epoch may have errors again: {@link lastingTerminalPhaseEpoch}.
 *
 * @param trainErrors Shares of the training set that are classified wrongly, after epochs 1, 2, ...
 * @returns An epoch, counted from 1.
 * @throws {RangeError} If an error is not from 0 to 1.
 * @see Papyan, Han, Donoho 2020, https://arxiv.org/abs/2008.08186
 */
export function terminalPhaseEpoch(trainErrors: ArrayLike<number>): number | null {
  checkErrors(trainErrors);
  const first = Array.prototype.indexOf.call(trainErrors, 0);
  return first < 0 ? null : first + 1;
}

/**
 * The first epoch from which the train error stays 0 to the end; null if the last one is not 0.
 *
 * @param trainErrors As in {@link terminalPhaseEpoch}.
 * @returns An epoch, counted from 1.
 * @throws {RangeError} If an error is not from 0 to 1.
 */
export function lastingTerminalPhaseEpoch(trainErrors: ArrayLike<number>): number | null {
  checkErrors(trainErrors);
  let epoch = trainErrors.length;
  while (epoch > 0 && trainErrors[epoch - 1] === 0) epoch--;
  return epoch === trainErrors.length ? null : epoch + 1;
}

function checkErrors(trainErrors: ArrayLike<number>): void {
  for (let i = 0; i < trainErrors.length; i++)
    if (!(trainErrors[i] >= 0 && trainErrors[i] <= 1))
      throw new RangeError(
        `expected train errors from 0 to 1, got ${trainErrors[i]} at epoch ${i + 1}`,
      );
}
