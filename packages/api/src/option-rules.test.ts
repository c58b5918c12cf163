import { Pod } from "@operatorkit/object/kinds";
import { checkOptions, required, type Rule } from "@operatorkit/observe/options";
import { expect, it } from "vitest";
import { aClient, aFieldSelector, aKind, aLabelSelector, aListWatch } from "./option-rules.ts";

const listWatch = { kind: Pod, list: () => {}, watch: () => {} };

it.each<[Rule, unknown]>([
  [aKind, Pod],
  [aClient("get", "list"), { get: () => {}, list: () => {} }],
  [aListWatch, listWatch],
  [aLabelSelector, "app in (web, api),!old"],
  [aFieldSelector, "metadata.name=web"],
  [aFieldSelector, ""],
])("passes what it is: %o", (rule, field) => {
  expect(() => checkOptions("Thing", { field }, { field: rule })).not.toThrow();
});

it.each<[Rule, unknown, string]>([
  [aKind, "Pod", 'field: "Pod" must be a kind: one of @operatorkit/object/kinds, or made by defineKind'],
  [aKind, { apiVersion: "v1", kind: "Pod" }, "field: an object must be a kind"],
  [
    aClient("get", "list"),
    { get: () => {} },
    "field: an object must be a client, with get, list; connect() of @operatorkit/client makes one",
  ],
  [
    required(aListWatch),
    undefined,
    "field: is missing, and must be a ListWatch, with kind, list and watch; client.listWatch(kind) makes one",
  ],
  [aListWatch, { ...listWatch, kind: undefined }, "field: an object must be a ListWatch"],
  [aLabelSelector, ["app=web"], "field: a list must be a label selector, such as app=web"],
  [aLabelSelector, "app in web", "field: unable to parse requirement: found 'web' expected: '('"],
  [aFieldSelector, "metadata.name", "field: invalid selector: 'metadata.name'"],
])("refuses what it is not: %#", (rule, field, message) => {
  expect(() => checkOptions("Thing", { field }, { field: rule })).toThrow(message);
});
