import assert from "node:assert/strict";
import path from "node:path";
import fc from "fast-check";
import { parseRunList, runListJson } from "../../../src/runs/sweeps/runList";
import { expandSweep } from "../../../src/runs/sweeps/sweep";
import { settingsJson } from "../../../src/training/settings/config";
import { malformed, readOrRefused } from "../../support/malformed";

interface List {
  runs: { folder: string; config: Record<string, unknown> }[];
}

describe("parseRunList", () => {
  const runs = expandSweep({ preset: "mnist-250", splits: "0-1" });
  const list = JSON.parse(runListJson(runs)) as List;
  const [run] = list.runs;

  it("parseRunList reads what runListJson writes", () => {
    assert.equal(runListJson(parseRunList(list)), runListJson(runs));
  });

  for (const [what, json, message] of [
    ["no list", undefined, /^RangeError: runs: expected a list of runs, got nothing/],
    ["no run", [], /runs: expected a list of runs, got \[\]/],
    ["a run that is null", [null], /run 0 of the list: expected an object, got null/],
    [
      "a folder with a zero byte",
      [{ ...run, folder: "a\0b" }],
      /run 0 .*: folder: expected the name/,
    ],
    [
      "the sweep's own folder",
      [{ ...run, folder: "." }],
      /expected one inside the sweep's folder, got "\."/,
    ],
    ["the sweep's own folder, written out", [{ ...run, folder: "a/.." }], /one inside the sweep's/],
    ["a folder above", [{ ...run, folder: "a/../../b" }], /one inside the sweep's/],
    ["a folder elsewhere", [{ ...run, folder: "/tmp/b" }], /one inside the sweep's/],
    [
      "one folder for two runs",
      [
        { ...run, folder: "a/b" },
        { ...list.runs[1], folder: "a/c/../b/" },
      ],
      /run 1 of the list: folder: expected a different one for each run, got "a\/c\/\.\.\/b\/", the folder of run 0/,
    ],
    ["no config", [{ folder: "a" }], /run 0 of the list: config: expected an object, got nothing/],
  ] as [string, unknown, RegExp][])
    it(`a list with ${what} is rejected`, () => {
      assert.throws(() => parseRunList({ runs: json }), message);
    });

  it("parseRunList takes a malformed list only with the meaning that it has", () => {
    fc.assert(
      fc.property(malformed(list), ({ json }) => {
        const { runs: changed } = { ...(json as object) } as { runs: unknown };
        const read = readOrRefused(
          () => parseRunList({ runs: changed }),
          /^runs: expected |^run \d of the list: /,
        );
        read?.forEach(({ folder, config }, i) => {
          const given = (changed as List["runs"])[i];
          assert.equal(path.resolve("/s", folder), path.resolve("/s", given.folder));
          assert.ok(path.resolve("/s", folder).startsWith("/s/"), folder);
          for (const [name, value] of Object.entries(settingsJson(config)))
            if (typeof value === "number" && name in given.config)
              assert.equal(value, Number(given.config[name]), name);
        });
        assert.equal(new Set(read?.map(({ folder }) => folder)).size, read?.length ?? 0);
      }),
      { numRuns: 1000 },
    );
  });
});
