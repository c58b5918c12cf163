import { ApiError } from "@operatorkit/api";
import { Informer } from "@operatorkit/informer";
import { ManualClock } from "@operatorkit/observe/testing";
import { expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { giantswarmInformerMetrics } from "./giantswarm-informer-metrics.ts";
import { sampling, steps } from "./testing/run-controller.ts";

it("counts what informers do under the old names, added up, besides the new ones", async () => {
  const clock = new ManualClock({ startMs: 5_000 });
  const samples = new Map<string, number>();
  const metrics = giantswarmInformerMetrics(sampling(samples), { clock });
  const cluster = new FakeCluster([Echo]);
  for (const name of ["a", "b"]) cluster.put(echo(name));
  const stop = new AbortController();
  const broken = cluster.listWatch(Echo);
  let fails = 1;
  const informers = [
    new Informer({ listWatch: cluster.listWatch(Echo), name: "one", clock, metrics }),
    new Informer({
      listWatch: {
        ...broken,
        list: async (request) => {
          if ((fails -= 1) >= 0) throw new ApiError("list echos: 500", { code: "InternalError", status: 500 });
          return broken.list(request);
        },
      },
      name: "two",
      clock,
      metrics,
    }),
  ];
  const running = Promise.all(informers.map((informer) => informer.run({ signal: stop.signal })));
  await steps(clock);
  await clock.advance(60_000);
  cluster.put(echo("a", "changed"));
  cluster.remove(Echo, { namespace: "n", name: "b" });
  await steps(clock);
  const old = Object.fromEntries([...samples].filter(([name]) => name.startsWith("operatorkit_")));
  expect(old).toMatchObject({
    "operatorkit_informer_cache_size{}": 2,
    "operatorkit_informer_watch_event_total{create}": 4,
    "operatorkit_informer_watch_event_total{update}": 2,
    "operatorkit_informer_watch_event_total{delete}": 2,
    "operatorkit_informer_watch_event_total{error}": 1,
    "operatorkit_informer_cache_last_updated{}": 65,
  });
  expect([samples.get("informer_objects{one}"), samples.get("informer_objects{two}")]).toEqual([1, 1]);
  stop.abort();
  await steps(clock);
  await running;
  expect(samples.get("operatorkit_informer_watcher_close_total{}") ?? 0).toBe(
    [...samples].reduce((sum, [name, count]) => (name.startsWith("reflector_watch_duration_seconds{") ? sum + count : sum), 0),
  );
});
