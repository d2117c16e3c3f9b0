import * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";

/**
 * The step h of the difference in {@link jacobianPenalty}, for pixels and logits of the order of 1.
 *
 * Rounding in float32 costs about 6e-8 / h of the logits, which wants h large; a kink of the network
 * within h of the image blurs the slope, which wants h small, and smaller than 1/255, the distance
 * of two gray levels. A power of two, so that multiplying and dividing by it rounds nothing.
 */
export const JACOBIAN_STEP = 2 ** -12;

/**
 * The squared Frobenius norm of the Jacobian J of an image's logits by its pixels, mean over the
 * batch, estimated from one direction u an image: the mean over n of
 * |(f(x_n + h u_n) - f(x_n - h u_n)) / 2h|^2.
 *
 * For u of independent standard normal values ({@link normalDirections}) E |J u|^2 = |J|_F^2. The
 * difference is J u itself where f is linear within h, as a network of leaky ReLUs and max pools is
 * between its kinks; it needs no derivative of a derivative. At a kink it is the mean of the slopes
 * to both sides. The background of a digit is full of kinks, since all maxima of a pool tie there:
 * (f(x + h u) - f(x)) / h, the slope to one side, takes the largest of every window, which added up
 * to 9 times |J u|^2 on a network fitted to 128 digits; both sides gave 0.7 times. Noise of 1/64
 * added to the images breaks the ties, where that matters: 0.99 times.
 *
 * `logits` is called twice and must be the same function each time: no dropout, or the same masks.
 * Where it mixes images, as batch normalization by the batch does, J is the whole batch's: the
 * derivative of an image's logits by all images. Hoffman et al. take half of this norm, and project
 * on directions of the logits instead.
 *
 * @param logits From images to logits, N x classCount; what it does is differentiated once.
 * @param images N x height x width x channels.
 * @param directions Of the images' shape.
 * @param step h, in the unit of `images`.
 * @returns Differentiable in the parameters of `logits`.
 * @throws {RangeError} If there are no images, the shapes differ, or the step is not above 0.
 * @see Sokolic et al. 2017, https://arxiv.org/abs/1605.08254
 * @see Hoffman et al. 2019, https://arxiv.org/abs/1908.02729
 */
export function jacobianPenalty(
  logits: (images: tf.Tensor4D) => tf.Tensor2D,
  images: tf.Tensor4D,
  directions: tf.Tensor4D,
  step = JACOBIAN_STEP,
): tf.Scalar {
  if (images.size === 0 || String(images.shape) !== String(directions.shape))
    throw new RangeError(
      `expected images and directions of one shape, got [${images.shape}] and [${directions.shape}]`,
    );
  if (!(step > 0 && step < Infinity)) throw new RangeError(`expected a step above 0, got ${step}`);
  return tf.tidy(() => {
    const change = tf.mul(directions, step) as tf.Tensor4D;
    const difference = tf.sub(logits(tf.add(images, change)), logits(tf.sub(images, change)));
    return tf.mean(tf.sum(tf.square(tf.div(difference, 2 * step)), 1));
  });
}

/** Independent standard normal values, a direction for {@link jacobianPenalty}. */
export function normalDirections(
  shape: [number, number, number, number],
  random: Random,
): tf.Tensor4D {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor4d(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}
