export { parseRanges } from "../experiment/ranges";
