/** What a step of stochastic gradient descent is made with. */
export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

/** {@link TrainingKernels.sgdUpdate}. */
export function sgdUpdate(
  weights: Float64Array,
  gradients: ArrayLike<number>,
  velocities: Float64Array,
  { learningRate, momentum, weightDecay, nesterov }: SgdSettings,
): void {
  for (let i = 0; i < weights.length; i++) {
    const gradient = gradients[i] + weightDecay * weights[i];
    velocities[i] = momentum * velocities[i] + gradient;
    weights[i] -= learningRate * (nesterov ? gradient + momentum * velocities[i] : velocities[i]);
  }
}
