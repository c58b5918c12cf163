import { describe, expect, it } from "vitest";
import { Lab, startedLab } from "./testing/lab.ts";
import { messageOf } from "./testing/message-of.ts";

describe("a key listener", () => {
  it("is told of what is there at once, then of every change, without an object being read", async () => {
    await using lab = await startedLab();
    const log: string[] = [];
    const subscription = lab.informer.onKeys((key, { type, initial }) => log.push(`${type} ${key}${initial ? " initial" : ""}`));
    expect(log).toEqual(["add default/a initial", "add other/b initial"]);
    lab.server.update("a");
    lab.server.update("a");
    await lab.settle();
    subscription.close();
    lab.server.delete("a");
    await lab.settle();
    expect(log.slice(2)).toEqual(["update default/a", "update default/a"]);
  });

  it("that throws is reported and harms nobody", async () => {
    await using lab = await startedLab();
    lab.informer.onKeys(() => {
      throw new Error("bad");
    });
    lab.server.update("a");
    await lab.settle();
    expect(lab.errors).toHaveLength(3);
  });
});

describe("being synced", () => {
  it("means for the informer that the first list is there, and for a subscription that its handler has handled it", async () => {
    await using lab = await startedLab();
    const gate = Promise.withResolvers<void>();
    const subscription = lab.informer.addEventHandler({ add: () => gate.promise });
    let isSynced = false;
    const syncing = subscription.synced().then(() => (isSynced = true));
    await lab.informer.synced();
    await lab.settle();
    expect(isSynced).toBe(false);
    gate.resolve();
    await syncing;
  });

  it("comes to a handler of an empty kind, too", async () => {
    await using lab = new Lab();
    const subscription = lab.informer.addEventHandler({});
    await lab.start();
    await subscription.synced();
    expect(lab.informer.lister.size).toBe(0);
  });

  it("can be waited for with a signal, and rejects when the informer stops before", async () => {
    const lab = new Lab();
    lab.server.failAlways("list", { type: "break" });
    await lab.start();
    const impatient = new AbortController();
    const waiting = messageOf(lab.informer.synced({ signal: impatient.signal }));
    impatient.abort(new Error("enough"));
    expect(await waiting).toBe("enough");
    const patient = messageOf(lab.informer.synced());
    await lab.stop();
    expect(await patient).toContain("stopped before it had synced");
    await expect(lab.informer.synced()).rejects.toThrow("stopped");
  });
});

describe("the health check", () => {
  it("fails until synced, with the reason; when stale; and once stopped", async () => {
    const lab = new Lab({ staleAfterMs: 150_000 });
    const health = lab.informer.healthCheck();
    lab.server.failNext("list", { type: "status", status: 403 });
    await lab.start();
    expect(health.check()).toBe("informer-widgets.example.com/v1 has not synced: request widgets: injected");
    await lab.advance(5_000);
    expect(health.check()).toBeUndefined();
    await lab.advance(3_600_000);
    expect(health.check()).toBeUndefined();
    lab.server.failAlways("list", { type: "hang" });
    lab.server.failAlways("watch", { type: "hang" });
    lab.server.muteStreams();
    await lab.advance(200_000);
    expect(health.check()).toMatch(/is stale: nothing was heard from the server for \d+ s: list widgets: nothing came for/);
    expect(lab.informer.isStale).toBe(true);
    await lab.stop();
    expect(health.check()).toBe("informer-widgets.example.com/v1 is stopped");
  });
});

describe("resync", () => {
  it("tells every object again, marked as such to key listeners", async () => {
    await using lab = new Lab({ resyncMs: 30_000 });
    lab.server.create("a");
    lab.witness.update = () => {};
    await lab.start();
    const same: boolean[] = [];
    const types: string[] = [];
    lab.informer.addEventHandler({ update: (old, object) => void same.push(old === object) });
    lab.informer.onKeys((_, { type }) => types.push(type));
    await lab.advance(90_000);
    expect(same).toEqual([true, true, true]);
    expect(types).toEqual(["add", "resync", "resync", "resync"]);
  });
});

describe("an informer", () => {
  it("runs once", async () => {
    const lab = await startedLab();
    const { signal } = new AbortController();
    await expect(lab.informer.run({ signal })).rejects.toThrow("already running");
    await lab.stop();
    await expect(lab.informer.run({ signal })).rejects.toThrow("stopped; make a new one");
  });

  it("stops at once when its signal is aborted already, and asks nothing", async () => {
    const lab = new Lab();
    await lab.informer.run({ signal: AbortSignal.abort() });
    expect(lab.server.requests).toEqual([]);
  });

  it("survives an onError that throws", async () => {
    await using lab = await startedLab({
      onError: () => {
        throw new Error("reporter");
      },
    });
    lab.informer.addEventHandler({ add: () => Promise.reject(new Error("bad")) });
    lab.server.breakStreams();
    await lab.advance(10_000);
    expect(lab.informer.isSynced).toBe(true);
  });

  it("reports an index function that throws, and keeps the object", async () => {
    await using lab = await startedLab({
      indexes: {
        bad: () => {
          throw new Error("no");
        },
      },
    });
    expect(lab.errors.map(String)).toEqual(["Error: no", "Error: no"]);
    expect(lab.informer.lister.size).toBe(2);
  });
});
