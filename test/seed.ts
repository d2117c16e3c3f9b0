import fc from "fast-check";
import { trainingBuild } from "../src/backend/trainingBuild";
import { useTrainingBuild } from "../src/kernels/trainingModule";

// The same cases in every run: a failure can be looked at again, and none comes by chance.
fc.configureGlobal({ seed: 1 });

// The build that selectBackend uses, for tests of kernels and spanning trees alone.
useTrainingBuild(trainingBuild);

// TensorFlow's log lines are no part of a test's output.
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
