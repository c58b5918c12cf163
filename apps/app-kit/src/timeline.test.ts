import { ManualClock } from "@operatorkit/observe/testing";
import { expect, it } from "vitest";
import { StepError, Timeline } from "./timeline.ts";

function timeline(signal = new AbortController().signal) {
  const clock = new ManualClock();
  const lines: string[] = [];
  return { clock, lines, timeline: new Timeline({ clock, signal, deadlineMs: 1_000, report: (line) => lines.push(line) }) };
}

it("says of every step how long it took until its effect was seen", async () => {
  const { clock, lines, timeline: story } = timeline();
  let looks = 0;
  const done = story.step("make tea", async () => {
    await story.waitFor({ what: "tea", look: async () => (looks += 1), until: (n) => n === 4, describe: String });
  });
  await clock.advance(500);
  await done;
  expect(story.entries).toEqual([{ step: "make tea", durationMs: 60 }]);
  expect(lines).toEqual(["✓ make tea (0.06 s)"]);
  expect(story.render()).toContain("make tea");
});

it("fails a step that misses its deadline with what it waited for and what it saw", async () => {
  const { clock, timeline: story } = timeline();
  const done = story.step("make tea", async () => {
    await story.waitFor({ what: "the kettle to sing", look: async () => "cold water", until: () => false, describe: (seen) => seen });
  });
  const failed = done.catch((error: unknown) => error);
  await clock.advance(2_000);
  expect(await failed).toEqual(new StepError("make tea: waited 1.00 s for the kettle to sing; last seen: cold water"));
  expect(clock.pendingTimers).toBe(0);
});

it("stops waiting when the signal is aborted", async () => {
  const controller = new AbortController();
  const { clock, timeline: story } = timeline(controller.signal);
  const done = story.step("make tea", async () => {
    await story.waitFor({ what: "tea", look: async () => undefined, until: () => false, describe: () => "" });
  });
  const failed = done.catch((error: unknown) => error);
  await clock.advance(100);
  controller.abort(new Error("enough"));
  expect(await failed).toEqual(new Error("enough"));
  expect(clock.pendingTimers).toBe(0);
});
