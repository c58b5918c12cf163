import type { Logger } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { KubernetesClient } from "./kubernetes-client.ts";
import { rejection } from "./testing/bodies.ts";
import { FakeTransport, failure } from "./testing/fake-transport.ts";
import { recordingMetrics } from "./testing/recording.ts";

describe("a client's defaults", () => {
  it("retry a read three times, each wait twice as long and half as much again at random, seen in log and metrics", async () => {
    const delays: number[][] = [[], [], []];
    const debug: Logger["debug"] = (_message, fields) => {
      const { retry, delayMs } = fields as { readonly retry: number; readonly delayMs: number };
      delays[retry - 1]?.push(delayMs);
    };
    const logger: Logger = { debug, info: () => {}, warn: () => {}, error: () => {}, with: () => logger };
    const { metrics, samples } = recordingMetrics();
    const clock = new ManualClock();
    const transport = new FakeTransport(() => failure(503, "ServiceUnavailable", "x"));
    const client = new KubernetesClient({ transport, clock, logger, metrics });
    for (let run = 0; run < 200; run += 1) {
      const refused = rejection(client.serverVersion());
      await clock.advance(1_050);
      expect(await refused).toMatchObject({ code: "ServiceUnavailable" });
    }
    for (const [retry, each] of delays.entries()) {
      const shortest = 100 * 2 ** retry;
      expect(each).toHaveLength(200);
      expect(Math.min(...each)).toBeGreaterThanOrEqual(shortest);
      expect(Math.max(...each)).toBeLessThanOrEqual(shortest * 1.5);
      // Clients that failed together do not come back together.
      expect(new Set(each).size).toBeGreaterThan(20);
    }
    expect(samples.filter((sample) => sample.startsWith("rest_client_request_retries_total"))).toHaveLength(600);
    expect(clock.pendingTimers).toBe(0);
  });
});
