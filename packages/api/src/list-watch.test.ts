import { expect, it } from "vitest";
import { entryOf } from "./list-watch.ts";

it("takes an entry's identity from the object", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default", uid: "u", resourceVersion: "7" } };
  expect(entryOf(object)).toEqual({ key: "default/a", uid: "u", resourceVersion: "7", object });
});

it("keys cluster-scoped objects by name alone", () => {
  expect(entryOf({ apiVersion: "v1", kind: "Node", metadata: { name: "n" } })).toMatchObject({ key: "n", uid: "", resourceVersion: "" });
});
