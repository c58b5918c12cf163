import type { Client, ListWatchScope, Runnable } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { emptyLabelFilters, KubernetesBasedInformer } from "./kubernetes-based-informer.ts";
import { FakeServer, Widget } from "./testing/fake-server.ts";

function world(): { clock: ManualClock; server: FakeServer; scopes: ListWatchScope[]; client: Pick<Client, "listWatch"> } {
  const clock = new ManualClock();
  const server = new FakeServer({ clock });
  const scopes: ListWatchScope[] = [];
  const client = {
    listWatch: (_: unknown, scope: ListWatchScope) => {
      scopes.push(scope);
      return server;
    },
  } as unknown as Pick<Client, "listWatch">;
  server.create("a");
  server.create("b");
  return { clock, server, scopes, client };
}

describe("KubernetesBasedInformer", () => {
  it("watches a kind by a client, and is named after what it watches", async () => {
    const { clock, client, scopes, server } = world();
    const informer = new KubernetesBasedInformer({
      kind: Widget,
      client,
      namespace: "ns",
      labelFilters: ["a=b", "!c"],
      fieldSelector: "f=g",
      name: undefined,
      clock,
    });
    expect(scopes).toEqual([{ namespace: "ns", labelSelector: "a=b,!c", fieldSelector: "f=g" }]);
    expect(informer.name).toBe("informer-widgets.example.com/v1/namespaces/ns?labelSelector=a=b,!c&fieldSelector=f=g");
    const seen: string[] = [];
    informer.addEventHandler({ add: ({ metadata }) => void seen.push(metadata.name) });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    await informer.synced();
    expect(seen).toEqual(["a", "b"]);
    expect(informer.lister.get("default/a")?.metadata.name).toBe("a");
    expect(informer.healthCheck().check()).toBeUndefined();
    stop.abort();
    await running;
    expect([server.openStreams, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("asks for everything when there is no filter", () => {
    const { client, scopes } = world();
    const informer = new KubernetesBasedInformer({
      kind: Widget,
      client,
      labelFilters: emptyLabelFilters,
      namespace: "",
      labelSelector: "",
    });
    expect(informer.name).toBe("informer-widgets.example.com/v1");
    expect(scopes).toEqual([{}]);
  });

  it("is synced when every handler has handled every initial object", async () => {
    const { clock, client } = world();
    const informer = new KubernetesBasedInformer({ kind: Widget, client, clock });
    const gate = Promise.withResolvers<void>();
    informer.addEventHandler({ add: () => gate.promise });
    informer.addEventHandler({}).close();
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    let isSynced = false;
    const syncing = informer.synced().then(() => (isSynced = true));
    await clock.advance(0);
    expect([informer.informer.isSynced, isSynced]).toEqual([true, false]);
    gate.resolve();
    await syncing;
    stop.abort();
    await running;
  });

  it("converts what handlers get; what cannot be converted is reported and not told", async () => {
    const { clock, client, server } = world();
    const errors: string[] = [];
    const informer = new KubernetesBasedInformer({
      kind: Widget,
      client,
      clock,
      convert: ({ metadata }) => {
        if (metadata.name === "b") throw new Error("cannot convert b");
        return { id: metadata.name };
      },
      onError: (error, { during }) => errors.push(`${during}: ${String(error)}`),
    });
    const seen: unknown[] = [];
    informer.addEventHandler({
      add: (object) => void seen.push(object),
      update: (old, object) => void seen.push([old, object]),
      delete: (object) => void seen.push(object),
    });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    await informer.synced();
    server.update("a");
    server.update("b");
    await clock.advance(0);
    server.delete("a");
    await clock.advance(0);
    expect(seen).toEqual([{ id: "a" }, [{ id: "a" }, { id: "a" }], { id: "a" }]);
    expect(errors).toEqual(["handler: Error: cannot convert b", "handler: Error: cannot convert b"]);
    stop.abort();
    await running;
  });

  it("is something an operator runs, with its health", () => {
    const { client } = world();
    const informer = new KubernetesBasedInformer({ kind: Widget, client });
    expectTypeOf(informer).toExtend<Runnable>();
    expectTypeOf(informer.informer).toExtend<Runnable>();
    expect(informer.healthChecks().map(({ name, type }) => [name, type])).toEqual([["informer-widgets.example.com/v1", "ready"]]);
  });
});
