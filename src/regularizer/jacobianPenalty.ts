import * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";

/**
 * The step h of the difference in {@link jacobianPenalty}, for pixels and logits of the order of 1.
 *
 * Rounding in float32 costs about 6e-8 / h of the logits, so h should be large. A kink of the
 * network within h of the image blurs the slope, so h should be small, below 1/255, the distance of
 * two gray levels. h is a power of two, so that multiplying and dividing by it is exact.
 */
export const JACOBIAN_STEP = 2 ** -12;

/**
 * The squared Frobenius norm of the Jacobian J of an image's logits by its pixels, mean over the
 * batch, estimated from one direction u per image: the mean over n of
 * |(f(x_n + h u_n) - f(x_n - h u_n)) / 2h|^2.
 *
 * For u of independent standard normal values ({@link normalDirections}) E |J u|^2 = |J|_F^2. The
 * difference is J u itself where f is linear within h, as a network of leaky ReLUs and max pools is
 * between its kinks; it needs no derivative of a derivative. At a kink it is the mean of the slopes
 * on both sides. The background of a digit is full of kinks, since all maxima of a pool tie there:
 * (f(x + h u) - f(x)) / h, the slope on one side, takes the largest value of every window, which
 * gave 9 times |J u|^2 on a network fitted to 128 digits; both sides gave 0.7 times. If that
 * matters, noise of 1/64 added to the images breaks the ties: 0.99 times.
 *
 * `logits` is called twice and must be the same function each time: no dropout, or the same masks.
 * If it mixes images, as batch normalization in training mode does, J is the whole batch's: the
 * derivative of an image's logits by all images. Hoffman et al. take half of this norm, and project
 * on directions of the logits instead.
 *
 * @param logits Function from images to logits, N x classCount, which is differentiated once.
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

/** Independent standard normal values: a direction for {@link jacobianPenalty}. */
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
