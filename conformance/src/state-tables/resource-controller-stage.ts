import type { ListWatchScope } from "@operatorkit/api";
import { ResourceController, type Resource, type ResourceContext } from "@operatorkit/controller";
import type { InformerLease } from "@operatorkit/informer";
import type { Kind } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { constantBackoff } from "@operatorkit/retry";
import { SharedInformers, sleep, type Client, type KubernetesObject, type ListWatch } from "operatorkit";
import { atRest, turns, within, withTimers, type LocalCopy } from "./at-rest.ts";
import { LosableListWatch } from "./losable-list-watch.ts";
import type { Stage, StageOptions } from "./stage.ts";
import { StagedObject } from "./staged-object.ts";
import { Told } from "./told.ts";
import { WorkMeter } from "./work-meter.ts";
import type { Widget } from "./widget.ts";

export const RETRY_MS = 1_000;
const REPEAT_MS = 5_000;
const RESYNC_MS = 60_000;
/** More than a retry or a repetition takes, and less than a resync. */
const ALL_RETRIES_MS = 10_000;

type Losable = Pick<LosableListWatch<Widget>, "lose" | "find">;
type Flow = "keepFinalizers" | "cancelReconciliation" | "repeat";

interface Process {
  readonly lease: InformerLease<Widget>;
  readonly listWatch: () => Losable | undefined;
  readonly meter: WorkMeter;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/**
 * A `ResourceController` over one object of a server, with the resources `one` and `two`. Retries, repetitions and resyncs are in virtual time,
 * so that they come when they are to.
 */
export class ResourceControllerStage implements Stage {
  readonly object: StagedObject;
  readonly told = new Told();
  readonly kind: typeof Widget;
  readonly admin: Client;
  readonly #ref: StageOptions["ref"];
  readonly #signal: AbortSignal;
  readonly #informerClock = new ManualClock();
  /** What `two` says besides, once. */
  #flow: Flow | undefined;
  #clock = new ManualClock();
  #process: Process | undefined;

  constructor({ admin, ref, signal }: StageOptions, kind: typeof Widget) {
    this.object = new StagedObject({ admin, kind, ref });
    this.kind = kind;
    this.admin = admin;
    this.#ref = ref;
    this.#signal = signal;
  }

  /** The label by which the controller knows that the object is its. */
  get labels(): Readonly<Record<string, string>> {
    return { cell: this.#ref.name };
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  create(metadata: Partial<Widget["metadata"]> = {}): Promise<void> {
    return this.object.create({ labels: this.labels, ...metadata });
  }

  /** The next time that `two` is told something. */
  say(flow: Flow): void {
    this.#flow = flow;
  }

  async start(): Promise<void> {
    const { namespace, name } = this.#ref;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const meter = new WorkMeter();
    this.#clock = new ManualClock();
    let listWatch: Losable | undefined;
    const { admin } = this;
    const client: ConstructorParameters<typeof SharedInformers>[0]["client"] = {
      listWatch<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope): ListWatch<T> {
        const losable = new LosableListWatch(admin.listWatch(kind, scope));
        listWatch = losable;
        return losable;
      },
    };
    const informers = new SharedInformers({ client, clock: this.#informerClock });
    const selector = { namespace, labelSelector: `cell=${name}` };
    const lease = informers.for(this.kind, selector);
    const controller = new ResourceController<Widget>({
      name: "table",
      for: this.kind,
      ...selector,
      resources: [this.#resource("one"), this.#resource("two")],
      resyncMs: RESYNC_MS,
      backoff: constantBackoff(RETRY_MS),
      stopGraceMs: 0,
      onError: (_error, { retryInMs }) => this.told.failed(retryInMs !== undefined),
    });
    const running = controller.run({ client: admin, signal, informers, clock: this.#clock, metrics: meter });
    const ended = Promise.all([running, informers.run({ signal })]);
    ended.catch(() => {});
    this.#process = { lease, meter, stop, ended, listWatch: () => listWatch };
    await within(this.#informerClock, controller.booted);
    await this.settle();
  }

  /** The process ends; a pass that is held is broken off. */
  async stop(): Promise<void> {
    this.#process?.stop.abort();
    await this.#clock.advance(0);
    await this.#process?.ended;
    this.#process = undefined;
  }

  async settle(): Promise<void> {
    if (this.#process === undefined) return;
    const { meter, lease } = this.#process;
    const { name, namespace } = this.#ref;
    const copy: LocalCopy = {
      seen: () => lease.lister.entry(`${namespace}/${name}`)?.resourceVersion,
      shows: ({ metadata }) => metadata.labels?.["cell"] === name,
      clock: this.#informerClock,
    };
    await atRest({ object: this.object, told: this.told, meter, copy, signal: this.#signal });
  }

  /** Time for retries and repetitions. */
  async pass(ms: number): Promise<void> {
    await this.#clock.advance(ms);
    await this.settle();
  }

  resync(): Promise<void> {
    return this.pass(RESYNC_MS);
  }

  /** Until the server has it deleted, or marked to be. */
  async untilGoing(): Promise<void> {
    const stays = async (): Promise<boolean> => {
      const live = await this.object.live();
      return live !== undefined && live.metadata.deletionTimestamp === undefined;
    };
    while (await stays()) await sleep(LOOK_EVERY_MS, { signal: this.#signal });
  }

  /** Lets something happen that the informer learns from a new list alone. */
  async unseen(happen: () => Promise<void>): Promise<void> {
    const listWatch = this.#process?.listWatch();
    listWatch?.lose();
    await happen();
    await turns();
    listWatch?.find();
    await this.settle();
  }

  /** What is held goes on, also in a process that has been down. */
  async finish(): Promise<string> {
    this.told.release();
    this.#flow = undefined;
    if (this.#process === undefined) await this.start();
    await this.settle();
    await this.pass(ALL_RETRIES_MS);
    await this.stop();
    await turns();
    return withTimers(this.object.describe(await this.object.live()), this.#clock, this.#informerClock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.told.release();
    await this.stop();
    await this.object.remove();
  }

  #resource(name: string): Resource<Widget> {
    const hear = (word: string, context: ResourceContext<Widget>): Promise<void> | void => {
      const flow = name === "two" ? this.#flow : undefined;
      if (name === "two") this.#flow = undefined;
      const words = [word, this.object.version(context.object), ...(flow === undefined ? [] : [flow])].join(" ");
      const heard = this.told.hear(name, words, context.signal);
      if (flow === "repeat") context.repeat({ afterMs: REPEAT_MS });
      else if (flow !== undefined) context[flow]();
      return heard;
    };
    return { name, ensureCreated: (context) => hear("created", context), ensureDeleted: (context) => hear("deleted", context) };
  }
}

const LOOK_EVERY_MS = 10;
