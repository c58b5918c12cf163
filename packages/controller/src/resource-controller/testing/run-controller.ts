import { ConfigMap, Event, Secret } from "@operatorkit/object/kinds";
import type { Labels, Metrics } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { FakeCluster } from "../../testing/fake-cluster.ts";
import { Echo, recordingLogger, type LogLine } from "../../testing/harness.ts";
import { ResourceController } from "../resource-controller.ts";
import type { ResourceControllerOptions } from "../resource-controller-options.ts";
import type { ResourceContext } from "../resource-context.ts";
import type { Resource } from "../resource.ts";

export interface RunningController {
  readonly clock: ManualClock;
  readonly cluster: FakeCluster;
  readonly logs: readonly LogLine[];
  /** The last value of each gauge, the sum of each counter, the number of each histogram's observations. */
  readonly samples: ReadonlyMap<string, number>;
  readonly controller: ResourceController<Echo>;
  readonly run: Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

export interface RunControllerOptions {
  readonly objects?: readonly Echo[];
  readonly cluster?: FakeCluster;
  readonly clock?: ManualClock;
}

/** A controller of resources for `Echo` that runs in virtual time against a pretended cluster. */
export async function runController(
  options: Partial<ResourceControllerOptions<Echo>>,
  { objects = [], cluster = new FakeCluster([Echo, ConfigMap, Secret, Event]), clock = new ManualClock() }: RunControllerOptions = {},
): Promise<RunningController> {
  for (const object of objects) cluster.put(object);
  const logs: LogLine[] = [];
  const samples = new Map<string, number>();
  const stopping = new AbortController();
  const controller = new ResourceController<Echo>({ name: "echo", for: Echo, ...options });
  const run = controller
    .run({ client: cluster.client(), signal: stopping.signal, clock, logger: recordingLogger(logs), metrics: sampling(samples) })
    .then(
      () => "stopped",
      (error: unknown) => error,
    );
  await steps(clock);
  return {
    clock,
    cluster,
    logs,
    samples,
    controller,
    run,
    async stop() {
      stopping.abort();
      await clock.advance(0);
      await clock.advance(60_000);
      return run;
    },
  };
}

/** Lets informers, queue and turns run, without time going by. */
export async function steps(clock: ManualClock): Promise<void> {
  for (let step = 0; step < 10; step += 1) await clock.advance(0);
}

/** A resource of one function for both. */
export function resource(run: (context: ResourceContext<Echo>) => void, name = "r"): Resource<Echo> {
  return { name, ensureCreated: run, ensureDeleted: run };
}

/** A resource that notes its calls, and fails at those that `failing` says. */
export function noting(name: string, calls: string[], failing: (call: string) => unknown = () => undefined): Resource<Echo> {
  const note = (what: string, key: string): void => {
    const call = `${name} ${what} ${key}`;
    calls.push(call);
    const error = failing(call);
    if (error !== undefined) throw error;
  };
  return { name, ensureCreated: ({ key }) => note("created", key), ensureDeleted: ({ key }) => note("deleted", key) };
}

export function sampling(samples: Map<string, number>): Metrics {
  const add = (id: string, value: number): void => void samples.set(id, (samples.get(id) ?? 0) + value);
  return {
    counter: ({ name }) => ({
      add: (value, labels) => add(idOf(name, labels), value),
      remove: (labels) => void samples.delete(idOf(name, labels)),
    }),
    gauge: ({ name }) => ({
      set: (value, labels) => void samples.set(idOf(name, labels), value),
      add: (value, labels) => add(idOf(name, labels), value),
      remove: (labels) => void samples.delete(idOf(name, labels)),
    }),
    histogram: ({ name }) => ({
      observe: (_value, labels) => add(idOf(name, labels), 1),
      remove: (labels) => void samples.delete(idOf(name, labels)),
    }),
  };
}

function idOf(name: string, labels: Labels = {}): string {
  return `${name}{${Object.values(labels).join()}}`;
}
