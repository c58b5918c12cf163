import { deepFreeze } from "@operatorkit/object";
import type { ObjectMeta } from "@operatorkit/object";
import { expect, test } from "vitest";
import { builtinSchema } from "../kinds/index.ts";
import { liveIfOnlyTimesDiffer } from "./same-but-times.ts";
import { trackUpdate } from "./track-update.ts";
import { withZeroStructs } from "./zero-structs.ts";

test("a built-in object gets the empty structs the server presents", () => {
  const schema = builtinSchema("", "v1", "Service");
  const service = deepFreeze({ apiVersion: "v1", kind: "Service", metadata: { name: "s" } });
  expect(withZeroStructs(service, schema)).toEqual({ ...service, spec: {}, status: { loadBalancer: {} } });
});

test("in list items too, and only where something is missing", () => {
  const schema = builtinSchema("apps", "v1", "Deployment");
  const container = { name: "c", resources: {} };
  const complete = deepFreeze({
    metadata: {},
    spec: { strategy: {}, template: { metadata: {}, spec: { containers: [container, { name: "d", resources: {} }] } } },
    status: {},
  });
  expect(withZeroStructs(complete, schema)).toBe(complete);
  const { template } = complete.spec;
  const incomplete = {
    ...complete,
    spec: { ...complete.spec, template: { ...template, spec: { containers: [container, { name: "d" }] } } },
  };
  expect(withZeroStructs(incomplete, schema)).toEqual(complete);
});

test("a custom resource gets nothing", () => {
  const object = { spec: {} };
  expect(withZeroStructs(object, { type: "object", properties: { status: { type: "object", default: {} } } })).toBe(object);
});

function object(time: string, x: number, manager = "a"): { readonly metadata: object; readonly x: number } {
  return { metadata: { name: "n", managedFields: [{ manager, time }] }, x };
}

test("objects that differ in times only count as the live one", () => {
  const live = object("1", 1);
  expect(liveIfOnlyTimesDiffer(object("2", 1), live)).toBe(live);
  for (const changed of [
    object("2", 2),
    object("2", 1, "b"),
    { ...live, metadata: { name: "n" } },
    { ...live, metadata: { ...live.metadata, name: "m" } },
  ]) {
    expect(liveIfOnlyTimesDiffer<object>(changed, live)).toBe(changed);
  }
});

test("what a Go struct has without being told belongs to nobody", () => {
  const schema = builtinSchema("", "v1", "Event");
  const event = { apiVersion: "v1", kind: "Event", metadata: { name: "e" }, reason: "r", reportingComponent: "", eventTime: null };
  const { metadata } = trackUpdate<{ metadata: ObjectMeta }>({
    after: event,
    manager: "me",
    apiVersion: "v1",
    nowMs: 0,
    ...(schema === undefined ? {} : { schema }),
  });
  expect(metadata.managedFields?.map((entry) => entry.fieldsV1)).toEqual([{ "f:reason": {} }]);
});
