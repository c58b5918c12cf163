import { describe, expect, it } from "vitest";
import { assertFinalizer, defaultFinalizer, defaultFinalizerSupplier } from "./finalizer-name.ts";
import { Thing } from "./testing/thing.ts";

describe("a finalizer's name", () => {
  it.each([
    ["example.com", "example.com/ours"],
    ["example.com", "operator.v1.Thing.example.com"],
    ["example.com", `${"a.".repeat(126)}a/${"n".repeat(63)}`],
    ["", "kubernetes"],
    ["", "foregroundDeletion"],
    ["apps", "example.com/ours"],
  ])("on group %o may be %s", (group, name) => {
    expect(() => assertFinalizer({ group }, name)).not.toThrow();
  });

  it.each([
    ["example.com", "", "name part must be non-empty"],
    ["example.com", "/ours", "prefix part must be non-empty"],
    ["example.com", "a/b/c", "a valid label key"],
    ["example.com", `example.com/${"n".repeat(64)}`, "name part must be no more than 63 bytes"],
    ["example.com", `${"a".repeat(254)}/n`, "prefix part must be no more than 253 bytes"],
    ["example.com", "Example.com/ours", "prefix part a lowercase RFC 1123 subdomain"],
    ["example.com", "example.com/-ours", "name part must consist of alphanumeric characters"],
    ["", "operator.v1.Pod.", "name part must consist of"],
    ["", "ours", "neither a standard finalizer name nor is it fully qualified"],
    ["apps", "ours", "neither a standard finalizer name nor is it fully qualified"],
  ])("on group %o may not be %s", (group, name, problem) => {
    expect(() => assertFinalizer({ group }, name)).toThrow(problem);
  });

  it("is <group>/<controller name> by default", () => {
    expect(defaultFinalizer("cache.example.com", "memcached")).toBe("cache.example.com/memcached");
    expect(() => defaultFinalizer("example.com", "not ok")).toThrow('finalizer "example.com/not ok"');
    expect(() => defaultFinalizer("", "pods")).toThrow('give a finalizer such as "example.com/pods"');
  });

  it("can be what grafana-app-sdk's watchers use", () => {
    expect(defaultFinalizerSupplier({ ...Thing, version: "version", kind: "my-crd", group: "group" })).toBe(
      "operator.version.my-crd.group",
    );
  });
});
