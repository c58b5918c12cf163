import { deepFreeze } from "@operatorkit/object";
import type { FieldsV1, ManagedFieldsEntry } from "@operatorkit/object";
import { describe, expect, test } from "vitest";
import { builtinSchema } from "../kinds/index.ts";
import type { StructuralSchema } from "../structural-schema.ts";
import { MAX_UPDATE_MANAGERS } from "./managers.ts";
import { trackUpdate } from "./track-update.ts";
import type { TrackUpdateOptions } from "./track-update.ts";

interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid?: string; readonly managedFields?: readonly ManagedFieldsEntry[] | null };
  readonly data?: { readonly [key: string]: unknown };
}

const SCHEMA: StructuralSchema = {
  type: "object",
  properties: { data: { type: "object", additionalProperties: { type: "string" } } },
};

function thing(data: Thing["data"], managedFields?: readonly unknown[] | null): Thing {
  const metadata = { name: "t", uid: "u", ...(managedFields === undefined ? {} : { managedFields }) };
  // Entries that no client should send are what some tests are about.
  return deepFreeze({ apiVersion: "v1", kind: "Thing", metadata, data }) as Thing;
}

function owner(manager: string, data: FieldsV1, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry {
  const entry = { manager, operation: "Update", apiVersion: "v1", time: "1970-01-01T00:00:01Z", fieldsType: "FieldsV1" } as const;
  return { ...entry, fieldsV1: { "f:data": data }, ...more };
}

function track(before: Thing | undefined, after: Thing, more: Partial<TrackUpdateOptions<Thing>> = {}): readonly ManagedFieldsEntry[] {
  const options = { manager: "me", apiVersion: "v1", schema: SCHEMA, nowMs: 60_500, after };
  const result = trackUpdate<Thing>({ ...options, ...(before === undefined ? {} : { before }), ...more });
  return result.metadata.managedFields ?? [];
}

const STORED = [owner("a", { "f:x": {} }), owner("b", { "f:y": {} })];
const BEFORE = thing({ x: "1", y: "1" }, STORED);

describe("an update", () => {
  test("that changes nothing leaves the entries as they are", () => {
    expect(track(BEFORE, thing({ x: "1", y: "1" }))).toEqual(STORED);
  });

  test("takes what it changes from its owner, whose entry goes when it is empty", () => {
    expect(track(BEFORE, thing({ x: "2", y: "1" }))).toEqual([
      owner("b", { "f:y": {} }),
      owner("me", { "f:x": {} }, { time: "1970-01-01T00:01:00Z" }),
    ]);
  });

  test("that only removes leaves no entry of its own", () => {
    expect(track(BEFORE, thing({ y: "1" }))).toEqual([owner("b", { "f:y": {} })]);
  });

  test("adds to what its manager owned before", () => {
    const before = thing({ x: "1" }, [owner("me", { "f:x": {} })]);
    expect(track(before, thing({ x: "1", z: "1" }))).toEqual([owner("me", { "f:x": {}, "f:z": {} }, { time: "1970-01-01T00:01:00Z" })]);
  });

  test("through another subresource or version is another owner", () => {
    const before = thing({ x: "1" }, [owner("me", { "f:x": {} })]);
    const after = thing({ x: "1", z: "1" });
    expect(track(before, after, { subresource: "status" }).map(({ subresource }) => subresource)).toEqual([undefined, "status"]);
    expect(track(before, after, { apiVersion: "v2" }).map(({ apiVersion }) => apiVersion)).toEqual(["v1", "v2"]);
  });

  test("without a manager is by unknown", () => {
    expect(track(undefined, thing({ x: "1" }), { manager: "" }).map(({ manager }) => manager)).toEqual(["unknown"]);
  });

  test("forgets managers of versions that are no more", () => {
    const before = thing({ x: "1", y: "1" }, [owner("a", { "f:x": {} }, { apiVersion: "v0" }), owner("b", { "f:y": {} })]);
    expect(track(before, thing({ x: "1", y: "1" }), { versions: {} }).map(({ manager }) => manager)).toEqual(["b"]);
  });
});

describe("managedFields in what is sent", () => {
  const sent = [owner("given", { "f:x": {} })];
  test.each<[title: string, managedFields: readonly unknown[] | null | undefined, managers: string[]]>([
    ["absent keeps the stored ones", undefined, ["a", "b"]],
    ["null keeps the stored ones", null, ["a", "b"]],
    ["an empty list stops the tracking", [], []],
    ["a list of one empty entry stops the tracking", [{}], []],
    ["others replace the stored ones", sent, ["given"]],
    ["one without an operation is unreadable", [{ ...sent[0], operation: undefined }], ["a", "b"]],
    ["one without a version is unreadable", [{ ...sent[0], apiVersion: "" }], ["a", "b"]],
    ["one of another fields type is unreadable", [{ ...sent[0], fieldsType: "FieldsV2" }], ["a", "b"]],
    ["one with malformed fields is unreadable, and the others with it", [...sent, { ...sent[0], fieldsV1: { nocolon: {} } }], ["a", "b"]],
    ["one with a time that is none is unreadable", [{ ...sent[0], time: "yesterday" }], ["a", "b"]],
    ["something that is no entry is unreadable", ["x"], ["a", "b"]],
  ])("%s", (_title, managedFields, managers) => {
    expect(track(BEFORE, thing({ x: "1", y: "1" }, managedFields)).map(({ manager }) => manager)).toEqual(managers);
  });

  test("through a subresource do not count", () => {
    const after = thing({ x: "1", y: "1" }, []);
    expect(track(BEFORE, after, { subresource: "status" }).map(({ manager }) => manager)).toEqual(["a", "b"]);
  });

  test("that nobody tracks stay so for updates", () => {
    expect(track(thing({ x: "1" }), thing({ x: "2" }))).toEqual([]);
  });
});

describe("too many updaters", () => {
  const many = Array.from({ length: MAX_UPDATE_MANAGERS }, (_, index) =>
    owner(`m${index}`, { [`f:k${index}`]: {} }, { time: `1970-01-01T00:00:0${index}Z`, ...(index === 2 ? { apiVersion: "v2" } : {}) }),
  );
  const data = Object.fromEntries(many.map((_, index) => [`k${index}`, "1"]));

  test("are merged, the oldest two of a version first", () => {
    const entries = track(thing(data, many), thing({ ...data, x: "1" }));
    expect(entries).toHaveLength(MAX_UPDATE_MANAGERS);
    expect(entries.find(({ manager }) => manager === "ancient-changes")).toEqual(
      owner("ancient-changes", { "f:k0": {}, "f:k1": {} }, { time: "1970-01-01T00:00:01Z" }),
    );
  });

  test("are merged into what was merged before", () => {
    const bucket = owner("ancient-changes", { "f:k0": {} }, { time: "1970-01-01T00:00:00Z" });
    const entries = track(thing(data, [bucket, ...many.slice(1)]), thing({ ...data, x: "1" }));
    expect(entries.find(({ manager }) => manager === "ancient-changes")?.fieldsV1).toEqual({ "f:data": { "f:k0": {}, "f:k1": {} } });
  });
});

test("an object that does not fit the schema is stored without ownership", () => {
  const after = thing({ x: 1 });
  expect(track(BEFORE, after)).toEqual([]);
});

function deployment(env: readonly object[]): object & { readonly metadata: Thing["metadata"] } {
  const spec = { template: { spec: { containers: [{ name: "c", env }] } } };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" }, spec } as object & { readonly metadata: Thing["metadata"] };
}

test("repeated items of a stored object are owned together", () => {
  const schema = builtinSchema("apps", "v1", "Deployment");
  const repeated = [
    { name: "A", value: "1" },
    { name: "A", value: "2" },
    { name: "B", value: "1" },
  ];
  const options = { manager: "me", apiVersion: "apps/v1", nowMs: 0, ...(schema === undefined ? {} : { schema }) };
  const { metadata } = trackUpdate({ ...options, after: deployment(repeated) });
  expect(metadata.managedFields?.[0]?.fieldsV1).toMatchObject({
    "f:spec": {
      "f:template": {
        "f:spec": {
          "f:containers": {
            'k:{"name":"c"}': { "f:env": { 'k:{"name":"A"}': {}, 'k:{"name":"B"}': { ".": {}, "f:name": {}, "f:value": {} } } },
          },
        },
      },
    },
  });
});
