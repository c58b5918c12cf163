import type { PartialObjectMetadata } from "@operatorkit/object";
import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import { describe, expect, expectTypeOf, it } from "vitest";
import { Controller } from "./controller.ts";
import { onlyMetadata } from "./only-metadata.ts";
import type { ReconcileContext } from "./reconcile-context.ts";
import { Echo, echo, start } from "./testing/harness.ts";
import { watch } from "./watch.ts";

function configMap(name: string, owner?: Echo): ConfigMap {
  const { apiVersion, kind, metadata } = owner ?? echo("nobody");
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "n", ownerReferences: [reference] }, data: { a: "b" } };
}

describe("a kind of which a controller watches the metadata alone", () => {
  it("gives the owner its turns, and is read through cache.metadata", async () => {
    const seen: [string, unknown, unknown][] = [];
    const { clock, cluster, stop } = await start(
      {
        owns: [onlyMetadata(ConfigMap)],
        reconcile({ key, cache }: ReconcileContext<Echo>) {
          expectTypeOf(cache.metadata.owned(ConfigMap)).toEqualTypeOf<PartialObjectMetadata<ConfigMap>[]>();
          seen.push([key, cache.metadata.owned(ConfigMap).map(Object.keys), cache.metadata.get(ConfigMap, "n/child")?.metadata.name]);
          expect(cache.metadata.list(ConfigMap, { namespace: "other" })).toEqual([]);
          expect(() => cache.get(ConfigMap, "n/child")).toThrow(
            "it keeps only the metadata of ConfigMap (v1); ask cache.metadata, or leave out onlyMetadata",
          );
          expect(() => cache.owned(ConfigMap)).toThrow("it keeps only the metadata of ConfigMap (v1)");
          expect(() => cache.metadata.get(Secret, "n/child")).toThrow("keeps no copy of Secret (v1); add the kind to owns or watches");
          expect(() => cache.metadata.owned(Secret)).toThrow("Secret (v1) is not in its owns");
        },
      },
      { objects: [echo("a")] },
    );
    const keys = ["apiVersion", "kind", "metadata"];
    cluster.put(configMap("child", cluster.get(Echo, { namespace: "n", name: "a" })));
    await clock.advance(0);
    cluster.remove(ConfigMap, { namespace: "n", name: "child" });
    await clock.advance(0);
    expect(seen).toEqual([
      ["n/a", [], undefined],
      ["n/a", [keys], "child"],
      ["n/a", [], undefined],
    ]);
    await stop();
  });

  it("maps to turns by its metadata", async () => {
    const keys: string[] = [];
    const { clock, cluster, stop } = await start(
      {
        watches: [
          watch(onlyMetadata(ConfigMap), (object) => {
            expectTypeOf(object).toEqualTypeOf<PartialObjectMetadata<ConfigMap>>();
            expect(object).not.toHaveProperty("data");
            return [{ namespace: "n", name: object.metadata.name }];
          }),
        ],
        reconcile: ({ key }: ReconcileContext<Echo>) => void keys.push(key),
      },
      { objects: [echo("a"), echo("b")] },
    );
    keys.length = 0;
    cluster.put(configMap("b"));
    await clock.advance(0);
    expect(keys).toEqual(["n/b"]);
    await stop();
  });

  it("has one copy with a kind that is there whole, and then cache.metadata reads that", async () => {
    const seen: unknown[] = [];
    const { cluster, stop, clock } = await start(
      {
        owns: [ConfigMap],
        watches: [watch(onlyMetadata(ConfigMap), ({ metadata }) => [{ namespace: "n", name: metadata.name }])],
        reconcile: ({ key, cache }: ReconcileContext<Echo>) =>
          void seen.push([key, cache.get(ConfigMap, key)?.data, cache.metadata.get(ConfigMap, key)?.metadata.name]),
      },
      { objects: [echo("a")] },
    );
    cluster.put(configMap("a"));
    await clock.advance(0);
    expect(seen).toEqual([
      ["n/a", undefined, undefined],
      ["n/a", { a: "b" }, "a"],
    ]);
    await stop();
  });

  it("holds a turn back until it shows what the turn before wrote", async () => {
    const seen: number[] = [];
    const { clock, cluster, stop } = await start(
      {
        owns: [onlyMetadata(ConfigMap)],
        async reconcile({ api, own, object, cache }: ReconcileContext<Echo>) {
          seen.push(cache.metadata.owned(ConfigMap).length);
          const metadata = { name: object.metadata.name };
          await api.apply(own<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { text: object.spec.text } }));
        },
      },
      { objects: [] },
    );
    cluster.hold();
    cluster.put(echo("a"));
    cluster.release();
    await clock.advance(0);
    cluster.hold();
    cluster.put(echo("a", "changed"));
    await clock.advance(100);
    cluster.release();
    await clock.advance(100);
    expect(seen[0]).toBe(0);
    expect(seen.slice(1).every((owned) => owned === 1)).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
    await stop();
  });

  it("may not be owned twice", () => {
    const make = (): Controller<Echo> =>
      new Controller({ name: "echo", for: Echo, owns: [ConfigMap, onlyMetadata(ConfigMap)], reconcile: () => {} });
    expect(make).toThrow("owns[1]: ConfigMap is there twice");
    expect(() => new Controller({ name: "echo", for: Echo, owns: [{ metadataOf: undefined } as never], reconcile: () => {} })).toThrow(
      "owns[0]: an object must be a kind",
    );
    expect(() => watch("ConfigMap" as never, () => [])).toThrow('watch: kind: "ConfigMap" must be a kind');
    expect(() => watch(onlyMetadata(ConfigMap), undefined as never)).toThrow("watch: map: is missing, and must be a function");
  });
});
