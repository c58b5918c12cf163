import { compareResourceVersions } from "@operatorkit/object";
import { sleep } from "@operatorkit/observe";
import type { ToldDelete, ToldUpdate } from "../event-streams.ts";
import { InformerStreams } from "../informer-streams.ts";
import type { Widget } from "./fake-server.ts";
import type { Lab } from "./lab.ts";

export interface StreamWitnessOptions {
  readonly lab: Lab;
  /** How long the reader takes with each item. */
  readonly paceMs: () => number;
  readonly resyncPeriodMs: number;
  readonly rateWaitMs: number;
}

/**
 * Reads the streams of a lab's informer, in its own time, and checks what their readers are promised: a change is told once, versions of one
 * uid only go up, a deletion is told once and nothing after it. What it was told adds up to `view`.
 */
export class StreamWitness {
  readonly view: Map<string, { readonly uid: string; readonly version: string }> = new Map();
  readonly violations: string[] = [];
  readonly #lab: Lab;
  readonly #options: StreamWitnessOptions;
  readonly #streams: InformerStreams<Widget, Widget>;
  readonly #reading: Promise<void>[];
  readonly #stop = new AbortController();
  readonly #last = new Map<string, string>();
  readonly #gone = new Set<string>();

  constructor(options: StreamWitnessOptions) {
    const { lab, resyncPeriodMs, rateWaitMs } = options;
    this.#lab = lab;
    this.#options = options;
    this.#streams = new InformerStreams<Widget, Widget>({
      informer: lab.informer,
      clock: lab.clock,
      resyncPeriodMs,
      rateWaitMs,
      decode: (widget) => widget,
      signals: [this.#stop.signal],
      onUntold: ({ error }) => void this.violations.push(`an error: ${String(error)}`),
      onOpen: () => {},
      onClose: () => {},
    });
    this.#reading = [
      this.#read(this.#streams.updates, (update) => this.#onUpdate(update)),
      this.#read(this.#streams.deletes, (deletion) => this.#onDelete(deletion)),
    ];
  }

  /** Ends the reading, and returns what did not hold. */
  async conclude(): Promise<string[]> {
    const there = new Map([...this.#lab.server.objects].map(([key, { metadata }]) => [key, `${metadata.uid}@${metadata.resourceVersion}`]));
    for (const key of new Set([...there.keys(), ...this.view.keys()])) {
      const told = this.view.get(key);
      const seen = told === undefined ? undefined : `${told.uid}@${told.version}`;
      if (seen !== there.get(key)) this.violations.push(`${key}: server ${there.get(key)}, streams ${seen}`);
    }
    this.#stop.abort();
    await Promise.all(this.#reading);
    return this.violations;
  }

  async #read<I>(stream: AsyncIterable<I>, take: (item: I) => void): Promise<void> {
    for await (const item of stream) {
      take(item);
      await sleep(this.#options.paceMs(), { clock: this.#lab.clock, signal: this.#stop.signal }).catch(() => {});
    }
  }

  #onUpdate({ key, object: { metadata }, isReplay }: ToldUpdate<Widget>): void {
    const { uid = "", resourceVersion: version = "" } = metadata;
    const last = this.#last.get(uid);
    const order = last === undefined ? 1 : (compareResourceVersions(version, last) ?? 1);
    if (order < 0 || (order === 0 && !isReplay)) this.violations.push(`${key} (${uid}) at ${version} after ${last}`);
    if (this.#gone.has(uid)) this.violations.push(`${key} (${uid}), which is gone`);
    this.#last.set(uid, version);
    this.view.set(key, { uid, version });
  }

  #onDelete({ key, object: { metadata }, isGone }: ToldDelete<Widget>): void {
    const { uid = "" } = metadata;
    if (!isGone) this.violations.push(`${key} (${uid}) is told as going, and nothing here is`);
    if (this.#gone.has(uid)) this.violations.push(`a second deletion of ${key} (${uid})`);
    this.#gone.add(uid);
    if (this.view.get(key)?.uid === uid) this.view.delete(key);
  }
}
