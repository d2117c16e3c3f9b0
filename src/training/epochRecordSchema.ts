import * as v from "valibot";
import {
  anyText,
  dictionaryOf,
  fields,
  fieldsAndOthers,
  finiteNumber,
  fromZero,
  listOf,
  share,
  wholeFrom,
} from "../numerics/checked";

const measure = v.nullable(finiteNumber);
const setMeasures = fieldsAndOthers({ accuracy: share }, measure);
const numbers = (count: number) =>
  listOf(fromZero, `a list of ${count} numbers from 0`, count, count);

const deathTimes = fields({
  mean: fromZero,
  min: fromZero,
  quartiles: numbers(3),
  max: fromZero,
  zeroShare: share,
  betaConnectedShare: share,
});

const classDeathTimes = listOf(v.nullable(numbers(7)));
const setReport = fields({ collapse: dictionaryOf(measure), deathTimes: classDeathTimes });
const margins = fields({
  images: wholeFrom(0),
  mean: measure,
  median: measure,
  meanRelativeNorm: measure,
  notFooled: wholeFrom(0),
});

const layer = fields({
  name: anyText,
  dim: wholeFrom(1),
  train: dictionaryOf(measure),
  test: v.optional(dictionaryOf(measure)),
});

/**
 * Schema of an epoch in a record ({@link EpochRecord}); fields that were added later are optional.
 */
export const EPOCH_RECORD = fields({
  epoch: wholeFrom(1),
  learningRate: fromZero,
  topologicalWeight: fromZero,
  beta: fromZero,
  loss: finiteNumber,
  crossEntropy: finiteNumber,
  connectivityLoss: finiteNumber,
  penalty: v.optional(finiteNumber),
  stepAccuracy: share,
  deathTimes: v.nullable(deathTimes),
  train: v.optional(setMeasures),
  test: v.optional(setMeasures),
  validation: v.optional(setMeasures),
  report: v.optional(
    fields({
      train: setReport,
      test: setReport,
      union: fields({ deathTimes: classDeathTimes }),
      margins: v.optional(margins),
      layers: v.optional(listOf(layer)),
    }),
  ),
  seconds: fields({ training: fromZero, measuring: fromZero }),
});
