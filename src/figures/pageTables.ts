import type { RunRecord } from "../experiment/record";
import type { EpochRecord } from "../experiment/train";
