import { expect, it } from "vitest";
import { together } from "./together.ts";

function untilAborted(signal: AbortSignal, log: string[], name: string): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      log.push(`${name} ended`);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

it("ends all when its signal is aborted", async () => {
  const log: string[] = [];
  const stop = new AbortController();
  const running = together(stop.signal, (signal) => [untilAborted(signal, log, "a"), untilAborted(signal, log, "b"), Promise.resolve()]);
  stop.abort();
  await running;
  expect(log).toEqual(["a ended", "b ended"]);
});

it("ends all when a part says so", async () => {
  const log: string[] = [];
  await together(new AbortController().signal, (signal, end) => [untilAborted(signal, log, "a"), Promise.resolve().then(end)]);
  expect(log).toEqual(["a ended"]);
});

it("ends the others when a part fails, and tells the first failure when all have ended", async () => {
  const log: string[] = [];
  const running = together(new AbortController().signal, (signal) => [
    untilAborted(signal, log, "a").then(() => Promise.reject(new Error("second"))),
    Promise.reject(new Error("first")),
  ]);
  await expect(running).rejects.toThrow("first");
  expect(log).toEqual(["a ended"]);
});

it("takes a part that rejects with the signal's reason for one that stopped", async () => {
  const stop = new AbortController();
  stop.abort();
  const running = together(stop.signal, (signal) => [Promise.reject(signal.reason as Error)]);
  await expect(running).resolves.toBeUndefined();
});
