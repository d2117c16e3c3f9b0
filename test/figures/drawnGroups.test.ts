import assert from "node:assert/strict";
import { byRegularizer, drawnGroups } from "../../src/figures/drawnGroups";
import { regularizerLooks } from "../../src/figures/theme";
import { measuredRun } from "../support/records";

const run = (regularizer: string, settings = {}) => measuredRun(regularizer, [{}], settings);
const lookOf = (name: string) => regularizerLooks([name]).get(name);

describe("drawnGroups", () => {
  it("groups come in the order vanilla, hofer, sliding, and then by label", () => {
    const names = ["squared", "sliding", "hinge", "hofer", "vanilla"];
    const labels = drawnGroups(names.map((name) => run(name))).map(({ label }) => label);
    assert.deepEqual(labels, ["vanilla", "hofer", "sliding", "hinge", "squared"]);
    assert.ok(byRegularizer("hofer", "sliding") < 0 && byRegularizer("hinge", "squared") === 0);
  });

  it("a group has its regularizer's look if no other group has that regularizer", () => {
    const groups = drawnGroups([run("sliding"), run("hofer", { preset: "mine" })]);
    assert.deepEqual(
      groups.map(({ label, color, dash, symbol }) => [label, { color, dash, symbol }]),
      [
        ["mine hofer", lookOf("hofer")],
        ["mnist-250 sliding", lookOf("sliding")],
      ],
    );
  });

  it("groups that share a regularizer have distinct looks, none of them the regularizer's", () => {
    const groups = drawnGroups([run("sliding"), run("sliding", { metric: "L1" }), run("vanilla")]);
    const looks = groups.map(({ color, dash }) => `${color} ${dash}`);
    assert.equal(new Set(looks).size, 3);
    const { color, dash } = lookOf("sliding")!;
    assert.ok(!looks.includes(`${color} ${dash}`));
  });

  it("drawnGroups rejects an empty list of runs", () => {
    assert.throws(() => drawnGroups([]), /expected the records of 1 run or more, got 0/);
  });
});
