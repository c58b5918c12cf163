import { InformerController, type ResourceReconciler } from "@operatorkit/controller";
import { Informer } from "@operatorkit/informer";
import { ManualClock } from "@operatorkit/observe/testing";
import { backoffRetryPolicy, constantBackoff } from "@operatorkit/retry";
import type { Client, ResourceWatcher } from "operatorkit";
import { atRest, turns, within, withTimers, type LocalCopy } from "./at-rest.ts";
import { LosableListWatch } from "./losable-list-watch.ts";
import type { Stage, StageOptions } from "./stage.ts";
import { StagedObject } from "./staged-object.ts";
import { Told } from "./told.ts";
import { WorkMeter } from "./work-meter.ts";
import { Widget } from "./widget.ts";

const KIND = "widgets";
export const RETRY_MS = 1_000;
const RESYNC_MS = 600_000;
/** More than all retries of an event take. */
const ALL_RETRIES_MS = 60_000;

/** Who hears of the object: made anew for each process. */
export interface Audience {
  readonly watcher: ResourceWatcher<Widget>;
  readonly reconciler?: ResourceReconciler<Widget>;
}

interface Process extends Audience {
  readonly controller: InformerController;
  readonly informer: Informer<Widget>;
  readonly listWatch: LosableListWatch<Widget>;
  readonly meter: WorkMeter;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  hasInformer: boolean;
}

/** An `InformerController` over one object of a server. Its retries and resyncs are in virtual time, so that they come when they are to. */
export class InformerControllerStage implements Stage {
  readonly object: StagedObject;
  readonly told = new Told();
  readonly admin: Client;
  readonly #ref: StageOptions["ref"];
  readonly #signal: AbortSignal;
  readonly #clock = new ManualClock();
  readonly #informerClock = new ManualClock();
  readonly #audience: (stage: InformerControllerStage) => Audience;
  #process: Process | undefined;

  constructor({ admin, ref, signal }: StageOptions, audience: (stage: InformerControllerStage) => Audience) {
    this.object = new StagedObject({ admin, kind: Widget, ref });
    this.admin = admin;
    this.#ref = ref;
    this.#signal = signal;
    this.#audience = audience;
  }

  async start(): Promise<void> {
    const { namespace, name } = this.#ref;
    const stop = new AbortController();
    const meter = new WorkMeter();
    const scope = { namespace, fieldSelector: `metadata.name=${name}` };
    const listWatch = new LosableListWatch(this.admin.listWatch(Widget, scope));
    const informer = new Informer({ listWatch, resyncMs: RESYNC_MS, clock: this.#informerClock });
    const controller = new InformerController({
      informers: { [KIND]: [informer] },
      clock: this.#clock,
      metrics: meter,
      retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(RETRY_MS), maxRetries: 2 }),
      onError: (_error, { willRetry }) => this.told.failed(willRetry),
    });
    const { watcher, reconciler } = this.#audience(this);
    controller.addWatcher(watcher, KIND);
    if (reconciler !== undefined) controller.addReconciler(reconciler, KIND);
    const ended = controller.run({ signal: AbortSignal.any([this.#signal, stop.signal]) });
    ended.catch(() => {});
    this.#process = {
      watcher,
      ...(reconciler !== undefined && { reconciler }),
      controller,
      informer,
      listWatch,
      meter,
      stop,
      ended,
      hasInformer: true,
    };
    await within(this.#informerClock, informer.synced());
    await this.settle();
  }

  /** Asks it to stop; `ended` waits for it. */
  stop(): void {
    this.#process?.stop.abort();
  }

  async ended(): Promise<void> {
    this.stop();
    await this.#process?.ended;
    this.#process = undefined;
  }

  /** Nothing waits, nothing runs but what is held, and the informer has told of everything. */
  async settle(): Promise<void> {
    if (this.#process === undefined) return;
    const { meter, informer, hasInformer, stop } = this.#process;
    const { name, namespace } = this.#ref;
    const copy: LocalCopy = {
      seen: () => informer.lister.entry(`${namespace}/${name}`)?.resourceVersion,
      shows: () => true,
      clock: this.#informerClock,
    };
    const isKept = hasInformer && !stop.signal.aborted;
    await atRest({ object: this.object, told: this.told, meter, copy: isKept ? copy : undefined, signal: this.#signal });
  }

  /** Time for retries. */
  async pass(ms: number): Promise<void> {
    await this.#clock.advance(ms);
    await this.settle();
  }

  async resync(): Promise<void> {
    await this.#informerClock.advance(RESYNC_MS);
    await this.settle();
  }

  /** Lets something happen that the informer learns from a new list alone. */
  async unseen(happen: () => Promise<void>): Promise<void> {
    this.#process?.listWatch.lose();
    await happen();
    await turns();
    this.#process?.listWatch.find();
    await this.settle();
  }

  addWatcher(watcher: ResourceWatcher<Widget>): void {
    this.#process?.controller.addWatcher(watcher, KIND);
  }

  removeWatcher(): void {
    if (this.#process !== undefined) this.#process.controller.removeWatcher(this.#process.watcher, KIND);
  }

  removeReconciler(): void {
    const { controller, reconciler } = this.#process ?? {};
    if (reconciler !== undefined) controller?.removeReconciler(reconciler, KIND);
  }

  async removeInformer(): Promise<void> {
    if (this.#process === undefined) return;
    this.#process.hasInformer = false;
    await this.#process.controller.removeInformer(this.#process.informer, KIND);
  }

  /** What is held goes on, and whatever waits has all the time there is; then what is on the server, and in memory. */
  async finish(): Promise<string> {
    this.told.release();
    await this.settle();
    await this.pass(ALL_RETRIES_MS);
    await this.ended();
    await turns();
    return withTimers(this.object.describe(await this.object.live()), this.#clock, this.#informerClock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.told.release();
    await this.ended();
    await this.object.remove();
  }
}
