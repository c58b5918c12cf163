import { ApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { gone, ScriptedListWatch, thing } from "./testing/scripted-list-watch.ts";
import { isVersionOutdated } from "./version-outdated-error.ts";
import { watchFromVersion, type RawWatchEvent, type WatchFromVersionOptions } from "./watch-from-version.ts";
import type { Thing } from "./testing/thing.ts";

function world(
  options: Partial<WatchFromVersionOptions> = {},
  onEvent: (event: RawWatchEvent<Thing>) => unknown = () => {},
  failures: readonly unknown[] = [],
) {
  const clock = new ManualClock();
  const server = new ScriptedListWatch();
  server.failures.push(...failures);
  const stop = new AbortController();
  const log: string[] = [];
  const errors: string[] = [];
  const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const outcome = watchFromVersion(
    server,
    (event) => {
      log.push(`${event.type} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`);
      return onEvent(event);
    },
    { signal: stop.signal, startVersion: "10", clock, onError: (error) => errors.push(messageOf(error)), ...options },
  ).then(
    () => "resolved" as const,
    (error: unknown) => error,
  );
  return {
    clock,
    server,
    log,
    errors,
    outcome,
    versions: () => server.watches.map(({ request }) => request.resourceVersion),
    async stop() {
      stop.abort();
      await clock.advance(0);
      expect([await outcome, clock.pendingTimers, server.openStreams]).toEqual(["resolved", 0, 0]);
    },
  };
}

describe("watchFromVersion", () => {
  it("tells events after its version, and goes on from the last one when the stream ends; bookmarks count", async () => {
    const { clock, server, log, versions, stop } = world();
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "11"));
    server.current.push("DELETED", thing("b", "12"));
    await clock.advance(0);
    server.current.end();
    await clock.advance(2_000);
    server.current.send({ type: "BOOKMARK", resourceVersion: "30", initialEventsEnd: false });
    await clock.advance(0);
    server.current.end(new ApiError("watch things: reset", { code: "ConnectionFailed" }));
    await clock.advance(2_000);
    expect(log).toEqual(["ADDED a@11", "DELETED b@12"]);
    expect(versions()).toEqual(["10", "12", "30"]);
    await stop();
  });

  it("without a version it is told what is there, and goes on from the newest of it", async () => {
    const { clock, server, versions, stop } = world({ startVersion: "" });
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "120"));
    server.current.push("ADDED", thing("b", "15"));
    await clock.advance(0);
    server.current.end();
    await clock.advance(2_000);
    expect(versions()).toEqual([undefined, "120"]);
    await stop();
  });

  it.each(["status", "event"] as const)("a 410 as %s is ErrVersionOutdated when nobody vouches for the cache", async (form) => {
    const { clock, server, outcome } = world({}, undefined, form === "status" ? [gone()] : []);
    await clock.advance(0);
    if (form === "event") server.current.send({ type: "ERROR", error: gone() });
    await clock.advance(0);
    const error = await outcome;
    expect(isVersionOutdated(error)).toBe(true);
    expect(error).toMatchObject({
      name: "ErrVersionOutdated",
      code: "VersionOutdated",
      resourceVersion: "10",
      message: "watch things: version 10 is no longer kept by the server; list anew",
      cause: { code: "Expired" },
    });
    expect([clock.pendingTimers, server.openStreams]).toEqual([0, 0]);
  });

  it("goes on from the version that checkStaleCache gives", async () => {
    const { clock, server, versions, stop } = world({ checkStaleCache: async () => "40" });
    await clock.advance(0);
    server.current.send({ type: "ERROR", error: gone() });
    await clock.advance(2_000);
    expect(versions()).toEqual(["10", "40"]);
    await stop();
  });

  it("a checkStaleCache that gives no version declines", async () => {
    const { clock, outcome } = world({ checkStaleCache: () => "" }, undefined, [gone()]);
    await clock.advance(0);
    expect(await outcome).toMatchObject({ code: "VersionOutdated", cause: { code: "Expired" } });
  });

  it("a checkStaleCache that fails declines, and its error is the cause", async () => {
    const checkStaleCache = (): never => {
      throw new Error("disk");
    };
    const { clock, outcome } = world({ checkStaleCache }, undefined, [gone()]);
    await clock.advance(0);
    expect(await outcome).toMatchObject({ code: "VersionOutdated", cause: { message: "disk" } });
  });

  it("does not spin on a cache that keeps vouching for a version that is too old", async () => {
    const { clock, server, stop } = world({ checkStaleCache: () => "10" }, undefined, Array.from({ length: 1_000 }, gone));
    await clock.advance(10_000);
    expect(server.watches.length).toBeGreaterThan(2);
    expect(server.watches.length).toBeLessThanOrEqual(20);
    await stop();
  });

  it("a callback that throws or rejects is reported, and the next event is told after it, one at a time", async () => {
    let running = 0;
    const { clock, server, log, errors, stop } = world({}, async ({ object: { metadata } }) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      if (metadata.name === "a") throw new Error("bad");
    });
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "11"));
    server.current.push("ADDED", thing("b", "12"));
    await clock.advance(0);
    expect([log, errors]).toEqual([["ADDED a@11", "ADDED b@12"], ["bad"]]);
    await stop();
  });

  it("tells nothing more once it is stopped, also of what came along", async () => {
    const stopping = new AbortController();
    const { clock, server, log, outcome } = world({ signal: stopping.signal }, () => stopping.abort());
    await clock.advance(0);
    for (const name of ["a", "b"]) server.current.push("ADDED", thing(name, "11"));
    await clock.advance(0);
    expect([await outcome, log, clock.pendingTimers]).toEqual(["resolved", ["ADDED a@11"], 0]);
  });

  it("a callback that is stuck is reported after a minute, and waited for", async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, server, log, errors, stop } = world({}, () => gate.promise);
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "11"));
    server.current.push("ADDED", thing("b", "12"));
    await clock.advance(60_000);
    expect([log, errors]).toEqual([["ADDED a@11"], ["watch things: the callback has been at ADDED n/a for 60 s"]]);
    gate.resolve();
    await clock.advance(0);
    expect(log).toEqual(["ADDED a@11", "ADDED b@12"]);
    await stop();
  });

  it.each<[string, ApiError]>([
    ["a broken connection", new ApiError("x", { code: "ConnectionFailed" })],
    ["too many requests", new ApiError("x", { code: "TooManyRequests", status: 429 })],
    ["an error of the server", new ApiError("x", { code: "InternalError", status: 500 })],
  ])("%s is reported and tried again from the same version", async (_, failure) => {
    const { clock, errors, versions, stop } = world({}, undefined, [failure]);
    await clock.advance(5_000);
    expect([errors, versions()]).toEqual([["x"], ["10", "10"]]);
    await stop();
  });

  it.each<[string, ApiError]>([
    ["a missing kind", new ApiError("x", { code: "NotFound", status: 404 })],
    ["a missing right", new ApiError("x", { code: "Forbidden", status: 403 })],
    ["a line that is no event", new ApiError("x", { code: "MalformedResponse" })],
  ])("%s ends the watch with that error", async (_, failure) => {
    const { clock, outcome } = world({}, undefined, [failure]);
    await clock.advance(0);
    expect(await outcome).toBe(failure);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives a silent stream up, and a server that does not answer, and goes on from the same version", async () => {
    const { clock, server, errors, versions, log, stop } = world({ silenceMs: 90_000 });
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "11"));
    await clock.advance(0);
    await clock.advance(89_000);
    server.current.send({ type: "BOOKMARK", resourceVersion: "12", initialEventsEnd: false });
    await clock.advance(89_000);
    expect([errors, versions()]).toEqual([[], ["10"]]);
    await clock.advance(2_000);
    const silent = "watch things: nothing came for 90 s; the connection is given up and made anew";
    expect([errors, versions(), server.openStreams]).toEqual([[silent], ["10", "12"], 1]);
    server.isMute = true;
    await clock.advance(92_000);
    expect([errors, versions().length]).toEqual([[silent, silent], 3]);
    await clock.advance(95_000);
    expect([errors.length, log]).toEqual([3, ["ADDED a@11"]]);
    await stop();
  });

  it("does not count the time of a callback as silence", async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, server, errors, versions, stop } = world({ silenceMs: 1_000 }, () => gate.promise);
    await clock.advance(0);
    server.current.push("ADDED", thing("a", "11"));
    await clock.advance(30_000);
    gate.resolve();
    await clock.advance(0);
    expect([errors, versions()]).toEqual([[], ["10"]]);
    await stop();
  });

  const tooLarge = (): ApiError =>
    new ApiError("watch things: Too large resource version: 10, current: 5", {
      code: "Timeout",
      status: 504,
      response: { details: { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }] } },
    });

  it("waits for a server that has not come to its version yet, and is ErrVersionOutdated when it says so six times in a row", async () => {
    const lagging = world({}, undefined, [tooLarge(), tooLarge()]);
    await lagging.clock.advance(10_000);
    expect([lagging.errors.length, lagging.versions()]).toEqual([2, ["10", "10", "10"]]);
    await lagging.stop();

    const answering = world({}, undefined, Array.from({ length: 5 }, tooLarge));
    await answering.clock.advance(60_000);
    answering.server.current.push("ADDED", thing("a", "11"));
    await answering.clock.advance(0);
    answering.server.failures.push(...Array.from({ length: 5 }, tooLarge));
    answering.server.current.end();
    await answering.clock.advance(60_000);
    expect([answering.errors.length, answering.server.watches.length]).toEqual([10, 12]);
    await answering.stop();

    const away = new ApiError("watch things: reset", { code: "ConnectionFailed" });
    const interrupted = world({}, undefined, [...Array.from({ length: 5 }, tooLarge), away, ...Array.from({ length: 5 }, tooLarge)]);
    await interrupted.clock.advance(250_000);
    expect([interrupted.errors.length, interrupted.server.watches.length]).toEqual([11, 12]);
    await interrupted.stop();

    const restored = world({ checkStaleCache: () => "10" }, undefined, Array.from({ length: 100 }, tooLarge));
    await restored.clock.advance(60_000);
    expect(await restored.outcome).toMatchObject({
      code: "VersionOutdated",
      resourceVersion: "10",
      message: "watch things: the server has not come to version 10; it may have been restored from a backup; list anew",
    });
    expect([restored.server.watches.length, restored.clock.pendingTimers]).toEqual([6, 0]);
  });

  it("is ErrVersionOutdated when the server is at an older version than the watch", async () => {
    const { clock, server, outcome } = world();
    await clock.advance(0);
    server.current.send({ type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: false });
    await clock.advance(0);
    expect(await outcome).toMatchObject({ code: "VersionOutdated", resourceVersion: "10" });
    expect([clock.pendingTimers, server.openStreams]).toEqual([0, 0]);
  });

  it.each<[Partial<WatchFromVersionOptions>, string]>([
    [{ silenceMs: 0 }, "watchFromVersion: silenceMs: 0 must be a number above 0"],
    [{ handlerAlarmMs: Number.NaN }, "watchFromVersion: handlerAlarmMs: NaN must be a number above 0"],
    [{ timeoutSeconds: -1 }, "watchFromVersion: timeoutSeconds: -1 must be a number above 0"],
    [{ checkStaleCache: "10" as never }, 'watchFromVersion: checkStaleCache: "10" must be a function'],
    [{ signal: undefined as never }, "watchFromVersion: signal: is missing, and must be an AbortSignal"],
  ])("refuses what cannot work: %o", async (options, message) => {
    expect(await world(options).outcome).toMatchObject({ message });
  });
});
