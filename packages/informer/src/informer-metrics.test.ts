import type { Labels, Metrics } from "@operatorkit/observe";
import { describe, expect, it } from "vitest";
import { Lab } from "./testing/lab.ts";

/** What was counted and set, by name and labels besides the informer's own. */
class Recorded implements Metrics {
  /** Each observation of a histogram. */
  readonly observed: string[] = [];
  readonly #values = new Map<string, number>();

  readonly #metric = ({ name }: { name: string }) => {
    const of = (value: (old: number) => number, { name: informer, ...more }: Labels = {}): void => {
      expect(informer).toBe("informer-widgets.example.com/v1");
      const series = [name, ...Object.values(more)].join(" ");
      this.#values.set(series, value(this.#values.get(series) ?? 0));
    };
    return {
      add: (by: number, labels?: Labels) => of((old) => old + by, labels),
      set: (to: number, labels?: Labels) => of(() => to, labels),
      observe: (value: number, labels?: Labels) => {
        of((old) => old + 1, labels);
        this.observed.push(`${name} ${value}`);
      },
      remove() {},
    };
  };
  readonly counter = this.#metric;
  readonly gauge = this.#metric;
  readonly histogram = this.#metric;

  of(...series: string[]): (number | undefined)[] {
    return series.map((name) => this.#values.get(name));
  }
}

async function lab(): Promise<{ lab: Lab; metrics: Recorded }> {
  const metrics = new Recorded();
  const made = new Lab({ metrics });
  made.server.create("a");
  made.server.create("b");
  await made.start();
  return { lab: made, metrics };
}

describe("an informer's metrics", () => {
  it("say how many objects there are, at which version, and what changed", async () => {
    const { lab: made, metrics } = await lab();
    await using _ = made;
    expect(metrics.of("informer_objects", "reflector_last_resource_version", "informer_changes_total add")).toEqual([2, 102, 2]);
    made.server.update("a");
    made.server.delete("b");
    await made.settle();
    expect(metrics.of("informer_objects", "reflector_last_resource_version")).toEqual([1, 104]);
    expect(metrics.of("informer_changes_total update", "informer_changes_total delete")).toEqual([1, 1]);
  });

  it("say what the objects measure, after each came, changed and went", async () => {
    const { lab: made, metrics } = await lab();
    await using _ = made;
    const measured = (): number => [...made.informer.lister.list()].reduce((sum, object) => sum + JSON.stringify(object).length, 0);
    const before = metrics.of("informer_json_bytes")[0];
    expect(before).toBe(measured());
    made.server.update("a", { color: "a longer one" });
    await made.settle();
    expect(metrics.of("informer_json_bytes")).toEqual([measured()]);
    expect(measured()).not.toBe(before);
    made.server.delete("b");
    await made.settle();
    expect(metrics.of("informer_json_bytes")).toEqual([measured()]);
    made.server.delete("a");
    made.server.create("c");
    made.server.compact();
    made.server.breakStreams();
    await made.advance(60_000);
    expect(metrics.of("informer_json_bytes")).toEqual([measured()]);
    made.server.delete("c");
    await made.settle();
    expect(metrics.of("informer_json_bytes")).toEqual([0]);
  });

  it("say so of an empty copy, and of a list that changed nothing", async () => {
    const metrics = new Recorded();
    const made = new Lab({ metrics });
    await using _ = made;
    await made.start();
    expect(metrics.of("informer_objects", "reflector_last_resource_version")).toEqual([0, 100]);
  });

  it("say when the server was last heard: bookmarks count, silence and failures do not", async () => {
    const { lab: made, metrics } = await lab();
    await using _ = made;
    const heard = (): number | undefined => metrics.of("informer_last_contact_timestamp_seconds")[0];
    const started = made.clock.now() / 1000;
    expect(heard()).toBe(started);
    await made.advance(60_000);
    expect(heard()).toBe(started + 60);
    made.server.bookmarkEveryMs = 0;
    made.server.failAlways("list", { type: "break" });
    made.server.failAlways("watch", { type: "break" });
    made.server.breakStreams();
    await made.advance(30_000);
    expect(heard()).toBe(started + 60);
    made.server.heal();
    await made.advance(60_000);
    expect(heard()).toBeGreaterThan(started + 90);
  });

  it("count lists, watches, and what made them be tried again", async () => {
    const { lab: made, metrics } = await lab();
    await using _ = made;
    expect(metrics.of("reflector_lists_total", "reflector_watches_total", "reflector_list_duration_seconds")).toEqual([1, 1, 1]);
    made.server.failNext("watch", { type: "status", status: 500 });
    made.server.breakStreams();
    await made.advance(30_000);
    expect(metrics.of("reflector_lists_total", "reflector_watches_total")).toEqual([1, 3]);
    expect(metrics.of("informer_failures_total broken", "informer_failures_total refused")).toEqual([1, 1]);
    expect(metrics.of("informer_retries_total check broken", "informer_retries_total check refused")).toEqual([1, 1]);
    // The second stream in a row that brought nothing: a new list.
    made.server.endStreams();
    await made.advance(30_000);
    expect(metrics.of("informer_failures_total broken", "informer_retries_total list ended")).toEqual([1, 1]);
    await made.advance(150_000);
    made.server.writeOtherKinds(5);
    made.server.compact();
    made.server.breakStreams();
    await made.advance(30_000);
    expect(metrics.of("informer_failures_total expired", "reflector_lists_total", "reflector_last_resource_version")).toEqual([1, 3, 107]);
  });

  it.each([false, true])("say how long a complete list took, counted from its beginning (by WatchList: %s)", async (useWatchList) => {
    const metrics = new Recorded();
    const made = new Lab({ metrics, useWatchList });
    await using _ = made;
    made.server.failNext(useWatchList ? "watch" : "list", { type: "slow", ms: 3_000 });
    await made.advance(60_000);
    await made.start();
    await made.advance(3_000);
    expect(metrics.observed).toContain("reflector_list_duration_seconds 3");
  });
});
