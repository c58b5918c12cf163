import { describe, expect, it } from "vitest";
import { compileJsonPath } from "./json-path.ts";

const object = {
  metadata: { labels: { "app.kubernetes.io/name": "web", app: "a" } },
  spec: {
    size: 3,
    none: null,
    "weird-key": "w",
    list: [
      { a: "x", n: 1 },
      { a: "y", n: 2 },
      { a: "z", n: 3 },
    ],
    map: { b: 2, a: 1 },
  },
  status: {
    conditions: [
      { type: "Other", status: "False", reason: "It's so" },
      { type: "Ready", status: "True", reason: "Up" },
    ],
  },
};

describe("compileJsonPath", () => {
  it.each<[string, unknown[]]>([
    [".", [object]],
    [".spec.size", [3]],
    [".spec.none", [null]],
    [".spec.missing", []],
    [".spec.size.deeper", []],
    [".spec['weird-key']", ["w"]],
    ['.spec["weird-key"]', ["w"]],
    [".spec.['weird-key']", ["w"]],
    [".spec.weird-key", ["w"]],
    [".spec['size','weird-key']", [3, "w"]],
    [String.raw`.metadata.labels.app\.kubernetes\.io/name`, ["web"]],
    [".metadata.labels['app.kubernetes.io/name']", ["web"]],
    [String.raw`.metadata.labels['app\.kubernetes\.io/name']`, ["web"]],
    [".spec.list[0].a", ["x"]],
    [".spec.list[-1].a", ["z"]],
    [".spec.list[-2].a", ["y"]],
    [".spec.list[7].a", []],
    [".spec.list[0,2].a", ["x", "z"]],
    [".spec.list[1:].a", ["y", "z"]],
    [".spec.list[:2].a", ["x", "y"]],
    [".spec.list[0:1].a", ["x"]],
    [".spec.list[::2].a", ["x", "z"]],
    [".spec.list[*].n", [1, 2, 3]],
    [".spec.list.*.n", [1, 2, 3]],
    [".spec.map.*", [1, 2]],
    ["..a", ["x", "y", "z", 1]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.conditions[?(@.type == 'Ready')].status", ["True"]],
    ['.status.conditions[?(@.type=="Nope")].status', []],
    ['.status.conditions[?(@.type!="Ready")].status', ["False"]],
    [String.raw`.status.conditions[?(@.reason=='It\'s so')].type`, ["Other"]],
    [".spec.list[?(@.n>1)].a", ["y", "z"]],
    [".spec.list[?(@.n<=2)].a", ["x", "y"]],
    [".spec.list[?(@.n>=3)].a", ["z"]],
    [".spec.list[?(1==@.n)].a", ["x"]],
    [".spec.list[?(@.n==1.0)].a", ["x"]],
    ['.spec.list[?(@.a<"z")].n', [1, 2]],
    [".spec.list[?(@.a>1)].n", []],
    [".spec.list[?(@.b)].a", []],
    [".spec.list[?(@.a)].n", [1, 2, 3]],
    [".spec.list[?(@['a']=='y')].n", [2]],
    ['.spec.map[?(@.a=="x")]', []],
  ])("%s", (path, found) => {
    expect(compileJsonPath(path)(object)).toEqual(found);
  });

  it.each([
    ["", "must be a simple json path starting with . at character 1"],
    ["spec.size", "must be a simple json path starting with ."],
    ["{.spec.size}", "must be a simple json path starting with ."],
    [".spec.", "expected a field's name at character 7"],
    [".spec.list[", "expected a number, a quoted name or * at character 12"],
    [".spec.list[x]", "expected a number, a quoted name or *"],
    [".spec.list[0", 'expected "]"'],
    [".spec['a", "expected '"],
    [".spec.list[::0]", "a stride of 0"],
    [".spec.list[?(@.a=='b']", 'expected ")"'],
    [".spec.list[?(a=='b')]", "expected @, a quoted string"],
    [".spec.list[?(@.a==1||@.a==2)]", 'expected ")"'],
    [`.${"a".repeat(2000)}`, "more than 1024 characters"],
  ])("refuses %j: %s", (path, problem) => {
    expect(() => compileJsonPath(path)).toThrow(problem);
  });

  it("never finds what an object only inherits", () => {
    expect(compileJsonPath(".constructor")({})).toEqual([]);
    expect(compileJsonPath(".__proto__.toString")({})).toEqual([]);
  });

  it("stops at ten thousand results", () => {
    const wide = { a: Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => 1)) };
    expect(compileJsonPath("..*")(wide).length).toBeLessThanOrEqual(10_000);
  });
});
