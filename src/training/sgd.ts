import * as tf from "@tensorflow/tfjs";
import { SGD_UPDATE } from "../kernels/sgdKernel";
import { runsInSimd } from "../kernels/simd";

/** Constants of stochastic gradient descent; the learning rate is given for each step. */
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
 * The learning rate is not part of v, unlike in tfjs's own momentum optimizer.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class Sgd {
  /** Velocity v of each parameter, by name; initially zero. */
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
   * Updates every parameter.
   *
   * @param gradients Gradients by the name of the parameter; a missing one is zero.
   */
  step(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): void {
    tf.tidy(() =>
      runsInSimd(SGD_UPDATE)
        ? this.stepAtOnce(gradients, learningRate)
        : this.stepEach(gradients, learningRate),
    );
  }

  /** Updates all parameters with one kernel. */
  private stepAtOnce(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): void {
    const names = [...this.parameters.keys()];
    const inputs: tf.NamedTensorMap = {};
    names.forEach((name, i) => {
      inputs[`weights${i}`] = this.parameters.get(name)!;
      inputs[`velocities${i}`] = this.velocities.get(name)!;
      const gradient = gradients.get(name);
      if (gradient !== undefined) inputs[`gradients${i}`] = gradient;
    });
    const { momentum, weightDecay, nesterov } = this.options;
    const attrs = { count: names.length, learningRate, momentum, weightDecay, nesterov };
    const after = tf.engine().runKernel<tf.Tensor[]>(SGD_UPDATE, inputs, attrs);
    names.forEach((name, i) => {
      this.parameters.get(name)!.assign(after[2 * i]);
      this.velocities.get(name)!.assign(after[2 * i + 1]);
    });
  }

  private stepEach(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): void {
    const { momentum, nesterov, weightDecay } = this.options;
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
  }

  /** Frees the velocities. */
  dispose(): void {
    tf.dispose([...this.velocities.values()]);
  }
}
