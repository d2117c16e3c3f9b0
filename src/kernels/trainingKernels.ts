/** A place in the kernels' memory, in bytes from its start. Float32 values unless it is said. */
export type Address = number;

/** Sizes of a 2-D convolution without dilation. */
export interface ConvolutionSizes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  /** Zeros above and left of the input; below and right follow from the output's size. */
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** 1 if it is not given. */
  readonly strideHeight?: number;
  readonly strideWidth?: number;
}

/** {@link ConvolutionSizes} in the order in which the kernels take them. */
export type ConvolutionGeometry = [
  count: number,
  height: number,
  width: number,
  channels: number,
  outChannels: number,
  filterHeight: number,
  filterWidth: number,
  top: number,
  left: number,
  outHeight: number,
  outWidth: number,
  strideHeight: number,
  strideWidth: number,
];

/** The sizes as the arguments of the convolution kernels. */
export function convolutionGeometry(sizes: ConvolutionSizes): ConvolutionGeometry {
  return [
    sizes.count,
    sizes.height,
    sizes.width,
    sizes.channels,
    sizes.outChannels,
    sizes.filterHeight,
    sizes.filterWidth,
    sizes.top,
    sizes.left,
    sizes.outHeight,
    sizes.outWidth,
    sizes.strideHeight ?? 1,
    sizes.strideWidth ?? 1,
  ];
}

/** Sizes of a pool: count, channels, then of depth, height and width each the five of its windows. */
export type PoolGeometry = [count: number, channels: number, ...windows: WindowNumbers];

type WindowNumbers = [...FiveNumbers, ...FiveNumbers, ...FiveNumbers];
type FiveNumbers = [size: number, outputs: number, length: number, stride: number, before: number];

/**
 * Exports of the WebAssembly module; src/kernels/assembly documents each kernel, and
 * test/kernels/reference has each as a readable loop. Nothing is checked: shapes and addresses are
 * the caller's. Functions named `...Scratch` give the floats of scratch memory that a kernel needs.
 * Shapes are NHWC, filters height x width x channels x outChannels.
 */
export interface TrainingKernels {
  /** Largest values of 2 x 2 windows of a convolution of stride 1 plus bias through leaky ReLU. */
  convolutionPool(
    ...args: [
      x: Address,
      filter: Address,
      bias: Address,
      y: Address,
      ...geometry: ConvolutionGeometry,
      slope: number,
      scratch: Address,
    ]
  ): void;
  convolutionPoolScratch(...geometry: ConvolutionGeometry): number;
  /** y = leakyRelu(convolution of x + bias); bias 0 for none, slope 1 for no leaky ReLU. */
  convolutionForward(
    ...args: [
      x: Address,
      filter: Address,
      bias: Address,
      y: Address,
      ...geometry: ConvolutionGeometry,
      slope: number,
      scratch: Address,
    ]
  ): void;
  convolutionForwardScratch(...geometry: ConvolutionGeometry): number;
  /** dx from dy. */
  convolutionInputGradient(
    ...args: [
      dy: Address,
      filter: Address,
      dx: Address,
      ...geometry: ConvolutionGeometry,
      scratch: Address,
    ]
  ): void;
  convolutionInputGradientScratch(...geometry: ConvolutionGeometry): number;
  /** dFilter from x and dy, summed over the batch, of some blocks of 8 output channels. */
  convolutionFilterGradient(
    ...args: [
      x: Address,
      dy: Address,
      dFilter: Address,
      ...geometry: ConvolutionGeometry,
      firstBlock: number,
      endBlock: number,
      scratch: Address,
    ]
  ): void;
  convolutionFilterGradientScratch(...geometry: ConvolutionGeometry): number;
  /** dx from dy of a depthwise convolution; outChannels is channels times the multiplier. */
  depthwiseInputGradient(
    ...args: [dy: Address, filter: Address, dx: Address, ...geometry: ConvolutionGeometry]
  ): void;
  /** dFilter from x and dy of a depthwise convolution, of some blocks of 16 output channels. */
  depthwiseFilterGradient(
    ...args: [
      x: Address,
      dy: Address,
      dFilter: Address,
      ...geometry: ConvolutionGeometry,
      firstBlock: number,
      endBlock: number,
    ]
  ): void;
  /** y = x, at least `least` and at most `most`; a NaN stays one. */
  clip(x: Address, y: Address, count: number, least: number, most: number): void;
  /** Pools over any windows, and their gradients. */
  windowMaximum(...args: [x: Address, y: Address, ...geometry: PoolGeometry]): void;
  windowMaximumGradient(
    ...args: [x: Address, dy: Address, dx: Address, ...geometry: PoolGeometry]
  ): void;
  windowMean(...args: [x: Address, y: Address, ...geometry: PoolGeometry]): void;
  windowMeanGradient(...args: [dy: Address, dx: Address, ...geometry: PoolGeometry]): void;
  /**
   * Mean and population variance of x, count x pixels x channels; of the channels from `first`, a
   * multiple of 4, to `end`. `copies`: how often each image counts, float32, or 0 for once.
   */
  batchMoments(
    x: Address,
    copies: Address,
    mean: Address,
    variance: Address,
    count: number,
    pixels: number,
    channels: number,
    first: number,
    end: number,
    scratch: Address,
  ): void;
  /** y = leakyRelu(batch norm of x by mean and variance). */
  batchNormForward(
    x: Address,
    scale: Address,
    offset: Address,
    mean: Address,
    variance: Address,
    y: Address,
    count: number,
    pixels: number,
    channels: number,
    epsilon: number,
    slope: number,
    scratch: Address,
  ): void;
  /** dScale and dOffset of some channels, and in the scratch memory what batchNormBackward needs. */
  batchNormSums(
    dy: Address,
    x: Address,
    scale: Address,
    offset: Address,
    mean: Address,
    variance: Address,
    copies: Address,
    dScale: Address,
    dOffset: Address,
    count: number,
    pixels: number,
    channels: number,
    epsilon: number,
    slope: number,
    first: number,
    end: number,
    scratch: Address,
  ): void;
  /** dx, after batchNormSums of all channels. */
  batchNormBackward(
    dy: Address,
    x: Address,
    offset: Address,
    mean: Address,
    copies: Address,
    dx: Address,
    count: number,
    pixels: number,
    channels: number,
    slope: number,
    scratch: Address,
  ): void;
  /** Scratch memory of each of the batch norm kernels. */
  batchNormScratch(channels: number): number;
  /** y = 2 x 2 max pool (leakyRelu(batch norm of x by mean and variance)). */
  batchNormPoolForward(
    x: Address,
    scale: Address,
    offset: Address,
    mean: Address,
    variance: Address,
    y: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
    epsilon: number,
    slope: number,
    scratch: Address,
  ): void;
  batchNormPoolSums(
    dy: Address,
    x: Address,
    scale: Address,
    offset: Address,
    mean: Address,
    variance: Address,
    copies: Address,
    dScale: Address,
    dOffset: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
    epsilon: number,
    slope: number,
    first: number,
    end: number,
    scratch: Address,
  ): void;
  batchNormPoolBackward(
    dy: Address,
    x: Address,
    offset: Address,
    mean: Address,
    copies: Address,
    dx: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
    slope: number,
    scratch: Address,
  ): void;
  /** 2 x 2, stride 2. */
  maxPoolForward(
    x: Address,
    y: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
  ): void;
  maxPoolGradient(
    x: Address,
    dy: Address,
    dx: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
  ): void;
  /** size x size, stride size. */
  averagePoolGradient(
    dy: Address,
    dx: Address,
    count: number,
    height: number,
    width: number,
    channels: number,
    size: number,
  ): void;
  /** Weights and velocities change in place; gradients 0 for none; `nesterov` is 0 or 1. */
  sgdUpdate(
    weights: Address,
    gradients: Address,
    velocities: Address,
    count: number,
    learningRate: number,
    momentum: number,
    weightDecay: number,
    nesterov: number,
  ): void;
  /** Labels are 32-bit integers; dLogits is times `weight`. Returns the mean of the losses. */
  crossEntropy(
    logits: Address,
    labels: Address,
    losses: Address,
    dLogits: Address,
    count: number,
    classes: number,
    weight: number,
  ): number;
  /** y = a b + bias; a rows x inner, b inner x columns, bias 0 for none. */
  matrixProduct(
    a: Address,
    b: Address,
    bias: Address,
    y: Address,
    rows: number,
    inner: number,
    columns: number,
    scratch: Address,
  ): void;
  /** Also of matrixProductTransposedB. */
  matrixProductScratch(inner: number, columns: number): number;
  /** y = a b'; a rows x inner, b columns x inner. */
  matrixProductTransposedB(
    a: Address,
    b: Address,
    y: Address,
    rows: number,
    inner: number,
    columns: number,
    scratch: Address,
  ): void;
  /** y = a' b; a inner x rows, b inner x columns; some blocks of 8 columns. */
  matrixProductTransposedA(
    a: Address,
    b: Address,
    y: Address,
    inner: number,
    rows: number,
    columns: number,
    firstBlock: number,
    endBlock: number,
    scratch: Address,
  ): void;
  matrixProductTransposedAScratch(inner: number, rows: number, columns: number): number;
  /**
   * Spanning trees of `count` clouds of finite points; norm 1 or 2. Writes count x (size - 1) edges
   * in the order in which points joined: two 32-bit `ends` each, the smaller first, and a float64
   * length. Scratch at a multiple of 8.
   */
  spanningTrees(
    points: Address,
    count: number,
    size: number,
    dim: number,
    norm: number,
    ends: Address,
    lengths: Address,
    scratch: Address,
  ): void;
  spanningTreesScratch(size: number, dim: number): number;
  /**
   * c += a' b in float64, for matrices in panels of four columns, each inner x 4; c with `rowBytes`
   * from row to row. With an offset of 0 or more only panels of an upper triangle.
   */
  addPanelProducts(
    a: Address,
    b: Address,
    c: Address,
    panelsA: number,
    panelsB: number,
    inner: number,
    panelBytes: number,
    rowBytes: number,
    offset: number,
  ): void;
  /** row -= x w' + y v', then sums += z row, in float64; returns row u. */
  reflectRow(
    row: Address,
    v: Address,
    w: Address,
    u: Address,
    sums: Address,
    count: number,
    x: number,
    y: number,
    z: number,
  ): number;
  /** For the benchmark: 96 operations a round, in registers. */
  multiplyAddLoop(count: number): number;
}
