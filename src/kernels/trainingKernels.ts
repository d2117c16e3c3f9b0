export type TrainingKernels = Record<string, (...a: number[]) => number>;
