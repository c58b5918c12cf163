import type { ObjectKey } from "@operatorkit/object";
import { sleep, type Clock } from "@operatorkit/observe";

/** The part of a lister that a resync reads. */
export interface ResyncLister {
  keys(): readonly ObjectKey[];
  entry(key: ObjectKey): { readonly resourceVersion: string | undefined } | undefined;
}

export interface ResyncOptions {
  /** From the end of one round to the next; the first comes this long after the call. */
  readonly resyncMs: number;
  /** Between two keys of a round. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly lister: ResyncLister;
  /** What has a turn in each round besides, though no copy has it. @default none */
  readonly others?: () => readonly ObjectKey[];
  readonly onKey: (key: ObjectKey) => void;
}

/**
 * Tells every key of a copy again and again until `signal` is aborted. What changed or came while a round was going on has been told
 * by that, and is left out of the round; what is gone, too.
 */
export async function resync({ resyncMs, waitMs, signal, clock, lister, others = () => [], onKey }: ResyncOptions): Promise<void> {
  const wait = (ms: number): Promise<boolean> =>
    sleep(ms, { signal, clock }).then(
      () => true,
      () => false,
    );
  while (await wait(resyncMs)) {
    const round = lister.keys().map((key) => ({ key, version: lister.entry(key)?.resourceVersion }));
    let isFirst = true;
    for (const { key, version } of round) {
      if (lister.entry(key)?.resourceVersion !== version || version === undefined) continue;
      if (!isFirst && waitMs > 0) {
        if (!(await wait(waitMs))) return;
        if (lister.entry(key)?.resourceVersion !== version) continue;
      }
      isFirst = false;
      onKey(key);
    }
    others().forEach(onKey);
  }
}
