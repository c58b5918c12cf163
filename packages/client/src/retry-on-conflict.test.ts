import { ApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { retryOnConflict } from "./retry-on-conflict.ts";

const conflict = (): ApiError => new ApiError("update: changed", { code: "Conflict", status: 409 });

describe("retryOnConflict", () => {
  it("calls again while there is a conflict, waiting longer each time", async () => {
    const clock = new ManualClock();
    const atMs: number[] = [];
    const result = retryOnConflict(
      async () => {
        atMs.push(clock.monotonicMs());
        if (atMs.length < 4) throw conflict();
        return "done";
      },
      { clock, backoff: (attempt) => 10 * 5 ** attempt },
    );
    await clock.advance(1_000);
    expect(await result).toBe("done");
    expect(atMs).toEqual([0, 10, 60, 310]);
  });

  it("gives up after the attempts allowed, with the last conflict", async () => {
    let calls = 0;
    const last = retryOnConflict(
      async () => {
        calls += 1;
        throw conflict();
      },
      { attempts: 3, backoff: () => 0 },
    );
    await expect(last).rejects.toMatchObject({ code: "Conflict" });
    expect(calls).toBe(3);
  });

  it("passes any other error on at once", async () => {
    let calls = 0;
    await expect(
      retryOnConflict(async () => {
        calls += 1;
        throw new Error("else");
      }),
    ).rejects.toThrow("else");
    expect(calls).toBe(1);
  });

  it("stops waiting when the signal is aborted", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const result = retryOnConflict(
      async () => {
        throw conflict();
      },
      { clock, signal: controller.signal },
    );
    await clock.advance(1);
    controller.abort(new Error("enough"));
    await expect(result).rejects.toThrow("enough");
    expect(clock.pendingTimers).toBe(0);
  });
});
