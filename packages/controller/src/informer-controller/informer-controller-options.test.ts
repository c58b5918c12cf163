import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import type { InformerControllerOptions } from "./informer-controller-options.ts";
import { InformerController } from "./informer-controller.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { KIND, thing } from "./testing/stage.ts";

describe("options", () => {
  it("of run are checked before it runs: without a signal it could not be stopped", async () => {
    const controller = new InformerController();
    await expect(controller.run({ signal: undefined as never })).rejects.toThrow(
      "InformerController informer-controller: run: signal: is missing, and must be an AbortSignal",
    );
    await expect(controller.run({ signal: AbortSignal.abort() })).resolves.toBeUndefined();
  });

  it("may name what to begin with", async () => {
    const clock = new ManualClock();
    const informer = new FakeInformer();
    const log: string[] = [];
    const controller = new InformerController({
      clock,
      informers: { [KIND]: [informer] },
      watchers: { [KIND]: [{ add: () => log.push("watcher") }] },
      reconcilers: { [KIND]: [{ reconcile: () => void log.push("reconciler") }] },
    });
    const stop = new AbortController();
    const running = controller.run({ signal: stop.signal });
    await informer.add(thing());
    await clock.advance(0);
    await clock.advance(0);
    stop.abort();
    await running;
    expect(log).toEqual(["watcher", "reconciler"]);
  });

  it.each<[string, InformerControllerOptions]>([
    ["name", { name: "" }],
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: 1.5 }],
    ["retryTickMs", { retryTickMs: -1 }],
    ["stopGraceMs", { stopGraceMs: Number.NaN }],
    ["stopTimeoutMs", { stopTimeoutMs: -1 }],
    ["retryPolicy", { retryPolicy: 1 as never }],
    ["retryDequeuePolicy", { retryDequeuePolicy: "none" as never }],
    ["onError", { onError: "log" as never }],
    ["watchers", { watchers: "x" as never }],
    ["watchers", { watchers: [{}] as never }],
    ["watchers.things", { watchers: { things: {} as never } }],
    ["reconcilers.things", { reconcilers: { things: "x" as never } }],
    ["informers", { informers: null as never }],
    ["compatibility", { compatibility: true as never }],
    ["compatibility.serial", { compatibility: { serial: true } as never }],
    ["compatibility.everyEvent", { compatibility: { everyEvent: "no" as never } }],
  ])("refuses a %s that cannot work, by name", (field, options) => {
    expect(() => new InformerController(options)).toThrow(`${field}: `);
  });

  it("says which switches there are when it is given another, and what lists by kind look like", () => {
    expect(() => new InformerController({ compatibility: { serial: true } as never })).toThrow(
      "compatibility.serial: is no switch; there are serialEvents, everyEvent, sharedMutableObjects",
    );
    expect(() => new InformerController({ watchers: "x" as never })).toThrow(
      'watchers: "x" must be an object; lists by kind are meant, such as { things: [watcher] }',
    );
  });

  it("refuses what are no options", () => {
    expect(() => new InformerController(null as never)).toThrow("InformerController: options are missing; give one object of them");
  });
});
