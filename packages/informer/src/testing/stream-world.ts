import type { KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { DeterministicInformer, type DeterministicInformerOptions } from "../deterministic-informer.ts";
import type { EventStreams, ToldDelete, ToldError, ToldUpdate } from "../event-streams.ts";
import { FakeServer, type Widget } from "./fake-server.ts";
import { seeded } from "./lab.ts";

/** A server and a deterministic informer in virtual time, its three streams read as fast as they come, each with its moment. */
export class StreamWorld<U = Widget> implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly server: FakeServer;
  readonly informer: DeterministicInformer<Widget, U>;
  /** `update a@101 at 0`, `delete …`; replays are marked. */
  readonly told: string[] = [];
  readonly errors: ToldError[] = [];
  readonly ended: string[] = [];
  readonly stop: AbortController = new AbortController();
  streams: EventStreams<U> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: Partial<DeterministicInformerOptions<Widget, U>> = {}) {
    this.server = new FakeServer({ clock: this.clock });
    this.informer = new DeterministicInformer<Widget, U>({ listWatch: this.server, clock: this.clock, random: seeded(1), ...options });
  }

  run(): void {
    this.#running = this.informer.run({ signal: this.stop.signal });
  }

  async start(): Promise<void> {
    this.run();
    await this.clock.advance(0);
    this.read(await this.informer.watch());
    await this.clock.advance(0);
  }

  read(streams: EventStreams<U>): void {
    this.streams = streams;
    const line = ({ key, object, isReplay }: ToldUpdate<U>): string => {
      const { metadata } = object as { metadata?: KubernetesObject["metadata"] };
      return `${key.replace("default/", "")}@${metadata?.resourceVersion} at ${this.clock.monotonicMs()}${isReplay ? " replay" : ""}`;
    };
    const reading = async <I>(name: string, stream: AsyncIterable<I>, take: (item: I) => void): Promise<void> => {
      for await (const item of stream) take(item);
      this.ended.push(name);
    };
    void reading("updates", streams.updates, (item) => this.told.push(`update ${line(item)}`));
    const deletion = (item: ToldDelete<U>): string =>
      `delete ${line(item)}${item.isGone ? "" : " going"}${item.finalStateUnknown ? " unseen" : ""}`;
    void reading("deletes", streams.deletes, (item) => this.told.push(deletion(item)));
    void reading("errors", streams.errors, (item) => this.errors.push(item));
  }

  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** What was told since it was last asked. */
  async news(): Promise<string[]> {
    await this.settle();
    return this.told.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.settle();
    await this.#running;
    const left = { timers: this.clock.pendingTimers, watches: this.server.openStreams };
    if (left.timers + left.watches > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
  }
}
