import { ApiError, type ListWatchScope } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { gone, ScriptedListWatch, thing } from "./testing/scripted-list-watch.ts";
import { Thing } from "./testing/thing.ts";
import type { ResourceWatcher } from "./resource-watcher.ts";
import { watchCustomResource, type WatchCustomResourceOptions } from "./watch-custom-resource.ts";

const clock = new ManualClock();
const server = (): ScriptedListWatch => new ScriptedListWatch();
let stop = new AbortController();

afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

function world(handlers: ResourceWatcher<Thing> = {}, options: Partial<WatchCustomResourceOptions> = {}) {
  const listWatch = server();
  const scopes: (ListWatchScope | undefined)[] = [];
  const log: string[] = [];
  const errors: string[] = [];
  // The script serves one kind only, whatever the type parameter.
  const client = { listWatch: (_: unknown, scope?: ListWatchScope) => (scopes.push(scope), listWatch) } as never;
  const running = watchCustomResource(
    client,
    Thing,
    {
      add: ({ metadata }, { initial }) => log.push(`add ${metadata.name}@${metadata.resourceVersion}${initial === true ? " initial" : ""}`),
      update: (old, { metadata }) => log.push(`update ${metadata.name}@${old.metadata.resourceVersion}→${metadata.resourceVersion}`),
      delete: ({ metadata }, { finalStateUnknown }) =>
        log.push(`delete ${metadata.name}@${metadata.resourceVersion}${finalStateUnknown === true ? " unseen" : ""}`),
      ...handlers,
    },
    {
      signal: stop.signal,
      clock,
      onError: (error, { during }) => errors.push(`${during}: ${error instanceof Error ? error.message : String(error)}`),
      ...options,
    },
  );
  return { listWatch, scopes, log, errors, running };
}

async function ended(running: Promise<void>): Promise<void> {
  stop.abort();
  await clock.advance(0);
  await running;
  expect(clock.pendingTimers).toBe(0);
}

describe("watchCustomResource", () => {
  it("blocks until stopped and tells what is there, what comes, changes and goes", async () => {
    const { listWatch, log, running, scopes } = world({}, { namespace: "n" });
    listWatch.objects = [thing("a", "5")];
    await clock.advance(0);
    listWatch.current.push("ADDED", thing("b", "11"));
    listWatch.current.push("MODIFIED", thing("a", "12"));
    await clock.advance(0);
    listWatch.current.push("DELETED", thing("b", "13"));
    await clock.advance(0);
    expect(log).toEqual(["add a@5 initial", "add b@11", "update a@5→12", "delete b@13"]);
    expect(scopes).toEqual([{ namespace: "n" }]);
    await ended(running);
    expect(listWatch.openStreams).toBe(0);
  });

  it("lists anew after a 410 and tells only what differs, deletions nobody saw included", async () => {
    const { listWatch, log, running, errors } = world();
    listWatch.objects = [thing("a", "5"), thing("b", "6"), thing("c", "7")];
    await clock.advance(0);
    log.length = 0;
    listWatch.objects = [thing("a", "5"), thing("b", "20")];
    listWatch.version = "20";
    listWatch.current.send({ type: "ERROR", error: gone() });
    await clock.advance(60_000);
    expect(log.toSorted()).toEqual(["delete c@7 unseen", "update b@6→20"]);
    expect(errors).toEqual(["watch: watch things: too old resource version"]);
    await ended(running);
  });

  it.each<[string, ResourceWatcher<Thing>["add"]]>([
    [
      "throws",
      () => {
        throw new Error("bad");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("bad"))],
  ])("a handler that %s is reported, and the watch goes on", async (_, add) => {
    const { listWatch, log, running, errors } = world({ add: add ?? (() => {}) });
    listWatch.objects = [thing("a", "5")];
    await clock.advance(0);
    listWatch.current.push("MODIFIED", thing("a", "11"));
    await clock.advance(0);
    expect(errors).toEqual(["handler: bad"]);
    expect(log).toEqual(["update a@5→11"]);
    await ended(running);
  });

  it("a handler that is stuck is reported after a minute, not killed, and the process lives", async () => {
    const gate = Promise.withResolvers<void>();
    const said: string[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (line: string) => void said.push(line), with: () => logger };
    const { listWatch, log, running } = world({ add: () => gate.promise }, { logger });
    listWatch.objects = [thing("a", "5")];
    await clock.advance(0);
    listWatch.current.push("MODIFIED", thing("a", "11"));
    await clock.advance(59_000);
    expect(said).toEqual([]);
    await clock.advance(2_000);
    expect(said).toEqual(["a handler has been at add n/a for 60 s; it is told nothing else until it settles"]);
    gate.resolve();
    await clock.advance(1);
    await clock.advance(1);
    expect(log).toEqual(["update a@5→11"]);
    await ended(running);
  });

  it("reports a kind that is missing or forbidden at every try, and finds it when it is there", async () => {
    const { listWatch, log, running, errors } = world();
    listWatch.failures.push(new ApiError("list things: 404", { code: "NotFound", status: 404 }));
    listWatch.failures.push(new ApiError("list things: 403", { code: "Forbidden", status: 403 }));
    listWatch.objects = [thing("a", "5")];
    await clock.advance(60_000);
    expect(errors).toEqual(["watch: list things: 404", "watch: list things: 403"]);
    expect(log).toEqual(["add a@5 initial"]);
    await ended(running);
  });

  it("gives up with the last error when nothing could be listed in time, if asked to", async () => {
    const { listWatch, running } = world({}, { syncTimeoutMs: 5_000 });
    for (let index = 0; index < 100; index += 1)
      listWatch.failures.push(new ApiError("list things: 403", { code: "Forbidden", status: 403 }));
    const outcome = running.then(
      () => "resolved",
      (error: Error) => error.message,
    );
    await clock.advance(5_000);
    expect(await outcome).toBe("watch Thing: nothing could be listed within 5 s: list things: 403");
    expect(clock.pendingTimers).toBe(0);
  });

  it("that is stopped before anything could be listed is over, and has not failed", async () => {
    const { listWatch, running, errors } = world({}, { syncTimeoutMs: 5_000 });
    listWatch.failures.push(new ApiError("list things: 403", { code: "Forbidden", status: 403 }));
    await clock.advance(0);
    expect(errors).toEqual(["watch: list things: 403"]);
    await ended(running);
  });

  it("takes an empty namespace or selector for none", async () => {
    const { running, scopes } = world({}, { namespace: "", labelSelector: "" });
    expect(scopes).toEqual([{}]);
    await ended(running);
  });

  it("refuses what cannot work, and says what it is", async () => {
    const options = { signal: stop.signal };
    const client = { listWatch: () => server() } as never;
    await expect(watchCustomResource({} as never, Thing, {}, options)).rejects.toThrow(
      "watchCustomResource: client: an object must be a client, with listWatch",
    );
    await expect(watchCustomResource(client, undefined as never, {}, options)).rejects.toThrow("kind: is missing");
    await expect(watchCustomResource(client, Thing, undefined as never, options)).rejects.toThrow("handlers: is missing");
    await expect(watchCustomResource(client, Thing, { add: 3 as never }, options)).rejects.toThrow("handlers.add: 3 must be a function");
    await expect(watchCustomResource(client, Thing, {}, { ...options, syncTimeoutMs: 0 })).rejects.toThrow("syncTimeoutMs: 0");
    await expect(watchCustomResource(client, Thing, {}, {} as never)).rejects.toThrow("signal: is missing");
    await expect(watchCustomResource(client, Thing, {}, { ...options, onError: 1 as never })).rejects.toThrow(
      "onError: 1 must be a function",
    );
  });
});
