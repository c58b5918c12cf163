import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { workUntilStopped } from "./work-until-stopped.ts";

/** Work that ends when it is aborted or given up, and writes down when what happened. */
function begin(options: { readonly isStopped?: boolean; readonly graceMs?: number; readonly ignoresAbort?: boolean } = {}): {
  clock: ManualClock;
  log: string[];
  stop: () => void;
  end: () => void;
  done: Promise<void>;
} {
  const { isStopped = false, graceMs = 1000, ignoresAbort = false } = options;
  const clock = new ManualClock();
  const log: string[] = [];
  const [stop, hardStop] = [new AbortController(), new AbortController()];
  if (isStopped) stop.abort();
  const ended = Promise.withResolvers<void>();
  hardStop.signal.addEventListener("abort", () => {
    log.push(`${clock.monotonicMs()}: ${(hardStop.signal.reason as Error).message}`);
    if (!ignoresAbort) ended.resolve();
  });
  const done = workUntilStopped({
    what: "it",
    stop: stop.signal,
    hardStop,
    graceMs,
    timeoutMs: 3000,
    clock,
    onStop: () => void log.push(`${clock.monotonicMs()}: stop`),
    work: (late) => Promise.race([ended.promise, late]),
  }).then(() => void log.push(`${clock.monotonicMs()}: done`));
  return { clock, log, stop: () => stop.abort(), end: () => ended.resolve(), done };
}

describe("work until it is stopped", () => {
  it.each<[string, Parameters<typeof begin>[0], string[]]>([
    ["may go on for its grace, and is aborted then", {}, ["500: stop", "1500: it is stopping", "1500: done"]],
    ["is given up when its time is over", { ignoresAbort: true }, ["500: stop", "1500: it is stopping", "3500: done"]],
    [
      "is aborted when its time is over, though it has a longer grace",
      { graceMs: 9000 },
      ["500: stop", "3500: it is stopping", "3500: done"],
    ],
    [
      "that begins when it is stopped already has its grace all the same",
      { isStopped: true },
      ["0: stop", "1000: it is stopping", "1000: done"],
    ],
  ])("%s", async (_what, options, expected) => {
    const { clock, log, stop, done } = begin(options);
    await clock.advance(500);
    stop();
    await clock.advance(10_000);
    await done;
    expect([log, clock.pendingTimers]).toEqual([expected, 0]);
  });

  it("leaves nothing behind when it ends before, and what it left running is aborted", async () => {
    const { clock, log, stop, end, done } = begin();
    await clock.advance(500);
    stop();
    end();
    await done;
    expect([log, clock.pendingTimers]).toEqual([["500: stop", "500: it has stopped", "500: done"], 0]);
  });
});
