import assert from "node:assert/strict";
import { byRegularizer, drawnGroups } from "../../src/figures/drawnGroups";
import { regularizerLooks } from "../../src/figures/theme";
import { madeUpRecord } from "../support/records";

const run = (regularizer: string, settings = {}) => madeUpRecord(regularizer, [{}], settings);
const lookOf = (name: string) => regularizerLooks([name]).get(name);

describe("the groups that figures draw", () => {
  it("come in the order vanilla, hofer, sliding, and then by label", () => {
    const names = ["squared", "sliding", "hinge", "hofer", "vanilla"];
    const labels = drawnGroups(names.map((name) => run(name))).map(({ label }) => label);
    assert.deepEqual(labels, ["vanilla", "hofer", "sliding", "hinge", "squared"]);
    assert.ok(byRegularizer("hofer", "sliding") < 0 && byRegularizer("hinge", "squared") === 0);
  });

  it("have the look of their regularizer where no other group has the same", () => {
    const groups = drawnGroups([run("sliding"), run("hofer", { preset: "mine" })]);
    assert.deepEqual(
      groups.map(({ label, color, dash }) => [label, { color, dash }]),
      [
        ["mine hofer", lookOf("hofer")],
        ["mnist-250 sliding", lookOf("sliding")],
      ],
    );
  });

  it("have looks of their own where several groups have the same regularizer", () => {
    const groups = drawnGroups([run("sliding"), run("sliding", { metric: "L1" }), run("vanilla")]);
    const looks = groups.map(({ color, dash }) => `${color} ${dash}`);
    assert.equal(new Set(looks).size, 3);
    const { color, dash } = lookOf("sliding")!;
    assert.ok(!looks.includes(`${color} ${dash}`));
  });

  it("need a run", () => {
    assert.throws(() => drawnGroups([]), /expected the records of 1 run or more, got 0/);
  });
});
