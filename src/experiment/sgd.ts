import * as tf from "@tensorflow/tfjs";

/** Constants of stochastic gradient descent; the learning rate comes with each step. */
export interface SgdOptions {
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent as PyTorch's `SGD`:
 * g = gradient + weightDecay w, v = momentum v + g,
 * w = w - learningRate v, or with Nesterov's momentum w - learningRate (g + momentum v).
 *
 * The learning rate is not part of v, unlike in tfjs's own momentum optimiser.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class Sgd {
  /** v of each parameter, by its name; zero at the start. */
  readonly velocities: ReadonlyMap<string, tf.Variable>;

  constructor(
    private readonly parameters: ReadonlyMap<string, tf.Variable>,
    private readonly options: SgdOptions,
  ) {
    const zero = (parameter: tf.Variable) =>
      tf.tidy(() => tf.variable(tf.zerosLike(parameter), false));
    this.velocities = new Map([...parameters].map(([name, value]) => [name, zero(value)]));
  }

  /**
   * Moves every parameter.
   *
   * @param gradients By the name of the parameter; one that is absent is zero.
   */
  step(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): void {
    const { momentum, nesterov, weightDecay } = this.options;
    tf.tidy(() => {
      for (const [name, parameter] of this.parameters) {
        const velocity = this.velocities.get(name)!;
        const decay = tf.mul(parameter, weightDecay);
        const gradient = gradients.get(name);
        const g = gradient === undefined ? decay : tf.add(gradient, decay);
        const v = tf.add(tf.mul(velocity, momentum), g);
        const direction = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
        velocity.assign(v);
        parameter.assign(tf.sub(parameter, tf.mul(direction, learningRate)));
      }
    });
  }

  /** Frees the velocities. */
  dispose(): void {
    tf.dispose([...this.velocities.values()]);
  }
}
