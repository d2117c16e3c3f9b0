import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { mnist250 } from "../../../src/training/settings/presets";
import type { Setting } from "../../../src/training/settings/setting";
import { parseSetting, settingNames, SETTINGS } from "../../../src/training/settings/settings";

describe("a setting", () => {
  it("parseSetting reads settings of every kind from text", () => {
    assert.equal(parseSetting("epochs", "12"), 12);
    assert.equal(parseSetting("weightDecay", "1e-2"), 0.01);
    assert.equal(parseSetting("nesterov", "true"), true);
    assert.equal(parseSetting("metric", "LInfinity"), "LInfinity");
    assert.equal((parseSetting("beta", "linear(1, 0)") as (p: number) => number)(0.25), 0.75);
  });

  for (const [name, value] of [
    ["epochs", "0"],
    ["epochs", ""],
    ["epochs", true],
    ["momentum", "1"],
    ["weightDecay", "-1"],
    ["weightDecay", "NaN"],
    ["nesterov", "yes"],
    ["shape", "cubic"],
    ["metric", "L0.5"],
    ["beta", "wobble(1)"],
    ["preset", "../../etc"],
  ] as const)
    it(`${name} rejects ${JSON.stringify(value)}`, () => {
      assert.throws(() => parseSetting(name, value), new RegExp(`^RangeError: ${name}: expected`));
    });

  it("the table describes every setting of the preset, and layerTestCount, which presets leave off", () => {
    const expected = [...Object.keys(mnist250), "layerTestCount"];
    assert.deepEqual(Object.keys(SETTINGS).sort(), expected.sort());
  });

  it("the README lists each setting with its role, description and accepted values", () => {
    const file = path.resolve("src/training/settings/README.md");
    const [, table] = readFileSync(file, "utf8").split("## The settings\n");
    const inReadme = table
      .split("\n")
      .filter((line) => /^\| `/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const expected = settingNames().map((name) => {
      const { role, description, expected }: Setting = SETTINGS[name];
      return ["", `\`${name}\``, role, description, expected, ""];
    });
    assert.deepEqual(inReadme, expected);
  });
});

describe("the roles of settings", () => {
  it("each role has the settings listed here", () => {
    assert.deepEqual(settingNames("name"), ["preset", "regularizer"]);
    assert.deepEqual(settingNames("draw"), ["split", "splitSeed", "seed"]);
    const recording = [
      "measureEvery",
      "testEvery",
      "reportCount",
      "robustnessCount",
      "layerTestCount",
    ];
    assert.deepEqual(settingNames("recording"), recording);
    assert.deepEqual(settingNames("bookkeeping"), ["checkpointEvery"]);
    assert.deepEqual(
      settingNames("name", "numbers", "draw", "recording", "bookkeeping"),
      settingNames(),
    );
  });

  it("settings come in the order of records", () => {
    assert.deepEqual(
      settingNames().filter((name) => name !== "layerTestCount"),
      Object.keys(mnist250),
    );
  });
});
