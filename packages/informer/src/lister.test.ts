import { LabelSelectorError } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import type { Widget } from "./testing/fake-server.ts";
import { startedLab } from "./testing/lab.ts";

function names(objects: readonly Widget[]): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

describe("the lister", () => {
  it("gets by reference and key, lists by namespace and label, and reads indexes", async () => {
    await using lab = await startedLab({ indexes: { node: ({ spec }) => spec?.node } });
    const { lister } = lab.informer;
    expect(lister.get({ namespace: "default", name: "a" })?.metadata.uid).toBe("uid-1");
    expect(lister.get("default/none")).toBeUndefined();
    expect(names(lister.list())).toEqual(["a", "b"]);
    expect(names(lister.list({ namespace: "other" }))).toEqual(["b"]);
    expect(names(lister.list({ labelSelector: "app in (web,db)" }))).toEqual(["a"]);
    expect(names(lister.list({ labelSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } }))).toEqual(["b"]);
    expect(names(lister.list({ namespace: "other", labelSelector: "app=web" }))).toEqual([]);
    expect(() => lister.list({ labelSelector: "app in web" })).toThrow(LabelSelectorError);
    expect(names(lister.byIndex("node", "n1"))).toEqual(["a", "b"]);
    expect(lister.keys()).toEqual(["default/a", "other/b"]);
    expect([lister.size, lister.version, lister.has("default/a")]).toEqual([2, "102", true]);
  });
});
