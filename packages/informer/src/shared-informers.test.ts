import type { Client, ListWatchScope } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import type { PartialObjectMetadata } from "@operatorkit/object";
import { describe, expect, expectTypeOf, it } from "vitest";
import { SharedInformers } from "./shared-informers.ts";
import { FakeServer, Widget } from "./testing/fake-server.ts";

function world(): {
  clock: ManualClock;
  server: FakeServer;
  informers: SharedInformers;
  scopes: ListWatchScope[];
  client: Pick<Client, "listWatch">;
} {
  const clock = new ManualClock();
  const server = new FakeServer({ clock });
  const scopes: ListWatchScope[] = [];
  const client = {
    listWatch: (_: unknown, scope: ListWatchScope = {}) => {
      scopes.push(scope);
      return server;
    },
  } as unknown as Pick<Client, "listWatch">;
  server.create("a", { node: "n1" });
  return { clock, server, scopes, client, informers: new SharedInformers({ client, clock }) };
}

describe("shared informers", () => {
  it("of one kind and scope share one watch, each with its own handlers and indexes", async () => {
    const { clock, server, informers } = world();
    const one = informers.for(Widget, {}, { indexes: { node: ({ spec }) => spec?.node } });
    const two = informers.for(Widget, {}, { indexes: { node: ({ metadata }) => `not ${metadata.name}` } });
    const stop = new AbortController();
    const running = informers.run({ signal: stop.signal });
    await clock.advance(0);
    expect(server.openStreams).toBe(1);
    expect(one.lister.byIndex("node", "n1")).toHaveLength(1);
    expect(two.lister.byIndex("node", "n1")).toHaveLength(0);
    expect(two.lister.byIndex("node", "not a")).toHaveLength(1);
    stop.abort();
    await running;
    expect(server.openStreams).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("of another scope have a watch of their own", () => {
    const { informers, scopes } = world();
    for (const scope of [{}, { namespace: "x" }, { namespace: "x", labelSelector: "a=b" }, { namespace: "x" }])
      informers.for(Widget, scope);
    expect(scopes).toEqual([{}, { namespace: "x" }, { namespace: "x", labelSelector: "a=b" }]);
    expect(informers.size).toBe(3);
  });

  it("of metadata alone have a watch of their own, and a name that says so", () => {
    const { informers, scopes } = world();
    const whole = informers.for(Widget);
    const metadata = informers.for(Widget, { metadataOnly: true }, { indexes: { team: (object) => object.metadata.labels?.["team"] } });
    expect(scopes).toEqual([{}, { metadataOnly: true }]);
    expect(metadata.name).toBe(`${whole.name}?metadataOnly`);
    expectTypeOf(whole.lister.get("a")).toEqualTypeOf<Widget | undefined>();
    expectTypeOf(metadata.lister.get("a")).toEqualTypeOf<PartialObjectMetadata<Widget> | undefined>();
  });

  it("of another transform have a copy of their own; of the same one they share", () => {
    const { informers } = world();
    const transform = (widget: Widget): Widget => widget;
    const leases = [informers.for(Widget), informers.for(Widget, {}, { transform }), informers.for(Widget, {}, { transform })];
    informers.for(Widget, {}, { transform: (widget) => widget });
    expect(informers.size).toBe(3);
    expect(leases.map(({ name }) => name)).toEqual([
      "informer-widgets.example.com/v1",
      "informer-widgets.example.com/v1 (transform 1)",
      "informer-widgets.example.com/v1 (transform 1)",
    ]);
  });

  it("start at once when asked for while running, and late handlers get the present state first", async () => {
    const { clock, server, informers } = world();
    const stop = new AbortController();
    const running = informers.run({ signal: stop.signal });
    const lease = informers.for(Widget);
    await clock.advance(0);
    server.create("b");
    await clock.advance(0);
    const added: string[] = [];
    lease.addEventHandler({ add: ({ metadata }) => void added.push(metadata.name) });
    await clock.advance(0);
    expect(added).toEqual(["a", "b"]);
    stop.abort();
    await running;
    expect(() => informers.for(Widget)).toThrow("the registry was stopped");
  });

  it("stop when the last share is released, and are made anew when asked for again", async () => {
    const { clock, server, informers } = world();
    const stop = new AbortController();
    const running = informers.run({ signal: stop.signal });
    const one = informers.for(Widget, {}, { indexes: { node: ({ spec }) => spec?.node } });
    const two = informers.for(Widget);
    await clock.advance(0);
    const log: string[] = [];
    one.onKeys((key, { type }) => log.push(`${type} ${key}`));
    one.release();
    one.release();
    server.create("b");
    await clock.advance(0);
    expect(log).toEqual(["add default/a"]);
    expect(() => one.lister.byIndex("node", "n1")).toThrow("does not exist");
    expect(() => one.onKeys(() => {})).toThrow("was released");
    expect(server.openStreams).toBe(1);
    two.release();
    await clock.advance(0);
    expect([server.openStreams, informers.size]).toEqual([0, 0]);
    const three = informers.for(Widget);
    await clock.advance(0);
    expect([three.isSynced, server.openStreams]).toEqual([true, 1]);
    stop.abort();
    await running;
  });

  it("have one health check that names those that are ill", async () => {
    const { clock, server, informers } = world();
    informers.for(Widget, { namespace: "x", labelSelector: "a=b" });
    server.failAlways("list", { type: "status", status: 403 });
    const stop = new AbortController();
    const running = informers.run({ signal: stop.signal });
    await clock.advance(0);
    expect(informers.healthCheck().check()).toMatch(/^informer-widgets.example.com\/v1\/namespaces\/x\?labelSelector=a=b has not synced: /);
    server.heal();
    await clock.advance(5_000);
    expect(informers.healthCheck().check()).toBeUndefined();
    stop.abort();
    await running;
  });

  it("reject run when one of them breaks, after stopping the others", async () => {
    const { clock, client } = world();
    let calls = 0;
    const informers = new SharedInformers({
      client,
      clock,
      defaults: {
        // The only function of ours that an informer does not guard: without randomness there is no timeout to ask for.
        random: () => {
          calls += 1;
          if (calls > 1) throw new Error("no randomness");
          return 0.5;
        },
      },
    });
    informers.for(Widget);
    informers.for(Widget, { namespace: "x" });
    await expect(informers.run({ signal: new AbortController().signal })).rejects.toThrow("no randomness");
  });

  it("run once", async () => {
    const { informers } = world();
    await informers.run({ signal: AbortSignal.abort() });
    await expect(informers.run({ signal: AbortSignal.abort() })).rejects.toThrow("runs once");
  });
});
