import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { generationChanged } from "./predicate.ts";
import { configMapOf, noting, ownedBy } from "./testing/echo-reconciles.ts";
import { Echo, echo, start } from "./testing/harness.ts";
import { watch } from "./watch.ts";

describe("a controller's other kinds", () => {
  it("gives the owner a turn when what it controls is made, changed, handed over or deleted", async () => {
    const { keys, reconcile } = noting();
    const { clock, cluster, stop } = await start({ reconcile, owns: [ConfigMap] }, { objects: [echo("a"), echo("b")] });
    const [a, b] = ["a", "b"].map((name) => cluster.get(Echo, { namespace: "n", name }));
    const turnsAfter = async (change: () => void): Promise<string[]> => {
      keys.length = 0;
      change();
      await clock.advance(0);
      return keys.toSorted();
    };
    expect(await turnsAfter(() => void cluster.put(ownedBy(a)))).toEqual(["n/a"]);
    expect(await turnsAfter(() => void cluster.put(ownedBy(b)))).toEqual(["n/a", "n/b"]);
    expect(await turnsAfter(() => cluster.remove(ConfigMap, { namespace: "n", name: "child" }))).toEqual(["n/b"]);
    const stranger: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other", namespace: "n" } };
    expect(await turnsAfter(() => void cluster.put(stranger))).toEqual([]);
    await stop();
  });

  it("gives what watches maps to a turn, for the state before and after, with the cache at hand", async () => {
    const { keys, reconcile } = noting();
    const failures: unknown[] = [];
    const { clock, cluster, stop } = await start(
      {
        reconcile,
        onError: (error) => void failures.push(error),
        watches: [
          watch(ConfigMap, (configMap, { cache }) => {
            if (configMap.data?.["broken"] !== undefined) throw new Error("cannot map");
            return cache
              .list(Echo)
              .filter(({ spec }) => spec.text === configMap.data?.["for"])
              .map(({ metadata }) => metadata);
          }),
        ],
      },
      { objects: [echo("a", "one"), echo("b", "two"), echo("c", "two")] },
    );
    const put = (data: Record<string, string>): void =>
      void cluster.put<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m", namespace: "n" }, data });
    keys.length = 0;
    put({ for: "one" });
    await clock.advance(0);
    expect(keys).toEqual(["n/a"]);
    put({ for: "two" });
    await clock.advance(0);
    expect(keys.slice(1).toSorted()).toEqual(["n/a", "n/b", "n/c"]);
    put({ broken: "" });
    await clock.advance(0);
    expect(failures).toEqual([new Error("cannot map")]);
    expect(await stop()).toBe("stopped");
  });

  it("reads its kinds from the cache, typed, and refuses others by name", async () => {
    const found: unknown[] = [];
    const { clock, stop } = await start(
      {
        owns: [ConfigMap],
        async reconcile(context) {
          const { cache, api, object } = context;
          if (found.length === 0) await api.apply(configMapOf(context));
          const text: string | undefined = cache.get(ConfigMap, context.ref)?.data?.["text"];
          found.push([
            text,
            cache.list(Echo, { namespace: "n" }).length,
            cache.list(Echo, { namespace: "m" }).length,
            cache.owned(ConfigMap).length,
          ]);
          expect(() => cache.get(Secret, object.metadata)).toThrow(/keeps no copy of Secret \(v1\); add the kind to owns or watches/);
          expect(() => cache.owned(Echo)).toThrow(/Echo \(example.com\/v1\) is not in its owns/);
        },
      },
      { objects: [echo("a")] },
    );
    await clock.advance(0);
    expect(found).toEqual([
      [undefined, 1, 0, 0],
      ["hello", 1, 0, 1],
    ]);
    await stop();
  });

  it("heeds predicates for changes of its own kind, and treats one that throws as a no", async () => {
    const { keys, reconcile } = noting();
    const failures: unknown[] = [];
    const { clock, cluster, stop } = await start(
      {
        reconcile,
        onError: (error) => void failures.push(error),
        predicates: [
          generationChanged,
          ({ object }) => {
            if (object.spec.text === "broken") throw new Error("cannot say");
            return true;
          },
        ],
      },
      { objects: [echo("a")] },
    );
    cluster.put(echo("a", "hello", { labels: { app: "x" } }));
    cluster.put(echo("b", "broken"));
    await clock.advance(0);
    expect(keys).toEqual(["n/a"]);
    expect(failures).toEqual([new Error("cannot say")]);
    cluster.put(echo("a", "changed"));
    await clock.advance(0);
    expect(keys).toEqual(["n/a", "n/a"]);
    await stop();
  });
});
