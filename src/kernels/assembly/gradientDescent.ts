/**
 * One step of stochastic gradient descent, as PyTorch's SGD (dampening 0): with
 * g = gradient + weightDecay weight, velocity <- momentum velocity + g, then
 * weight <- weight - learningRate (nesterov ? g + momentum velocity : velocity).
 *
 * @param weights,velocities Changed: count floats. Velocities start at 0.
 * @param gradients count floats; or 0 where all of them are 0.
 * @param nesterov 0 or 1.
 */
export function sgdUpdate(
  weights: usize,
  gradients: usize,
  velocities: usize,
  count: i32,
  learningRate: f32,
  momentum: f32,
  weightDecay: f32,
  nesterov: i32,
): void {
  const rate = f32x4.splat(learningRate);
  const keep = f32x4.splat(momentum);
  const decay = f32x4.splat(weightDecay);
  let at: usize = 0;
  for (const end = ((count & ~3) as usize) << 2; at < end; at += 16) {
    const w = v128.load(weights + at);
    const decayed = f32x4.mul(decay, w);
    const g = gradients ? f32x4.add(v128.load(gradients + at), decayed) : decayed;
    const v = f32x4.add(f32x4.mul(keep, v128.load(velocities + at)), g);
    v128.store(velocities + at, v);
    const step = nesterov ? f32x4.add(g, f32x4.mul(keep, v)) : v;
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(rate, step)));
  }
  for (const end = (count as usize) << 2; at < end; at += 4) {
    const w = load<f32>(weights + at);
    const g = (gradients ? load<f32>(gradients + at) : 0) + weightDecay * w;
    const v = momentum * load<f32>(velocities + at) + g;
    store<f32>(velocities + at, v);
    store<f32>(weights + at, w - learningRate * (nesterov ? g + momentum * v : v));
  }
}
