import { aClient, aKind, aLabelSelector, type Client } from "@operatorkit/api";
import { Informer, type InformerErrorContext } from "@operatorkit/informer";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { silentLogger, sleep, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { aNumber, anAbortSignal, anObject, checkOptions, required } from "@operatorkit/observe/options";
import { HANDLER_RULES, type ResourceWatcher } from "./resource-watcher.ts";

export interface WatchCustomResourceOptions {
  /** Stops the watch. */
  readonly signal: AbortSignal;
  /** All namespaces when left out or empty. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Told of every failed request and every failed handler call; the default logs. What it throws is logged and dropped. */
  readonly onError?: ((error: unknown, context: InformerErrorContext) => void) | undefined;
  /** Give up, with what went wrong last, when the first list has not come by then. @default never: tries go on, and are reported */
  readonly syncTimeoutMs?: number | undefined;
  /** A handler call that takes longer raises the alarm: a line in the log, and it is left alone. @default 60_000 */
  readonly handlerAlarmMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Tells `handlers` of every object of a kind and of each change, and blocks until `signal` is aborted: rook operator-kit's
 * `NewWatcher(…).Watch(…)`.
 *
 * Objects that are there at the start come as `add` with `initial`. What did not change is not told, whatever happens to the
 * connection; a deletion nobody saw is told with the last known object and `finalStateUnknown`. Handlers are called one at a time, may
 * be asynchronous and may fail: that is reported, and the watch goes on. Rejects only when the first list did not come in time.
 */
export async function watchCustomResource<T extends KubernetesObject>(
  client: Pick<Client, "listWatch">,
  kind: Kind<T>,
  handlers: ResourceWatcher<T>,
  options: WatchCustomResourceOptions,
): Promise<void> {
  checkOptions(
    "watchCustomResource",
    { client, kind, handlers, ...options },
    {
      client: required(aClient("listWatch")),
      kind: required(aKind),
      labelSelector: aLabelSelector,
      handlers: required(anObject(HANDLER_RULES)),
      signal: required(anAbortSignal),
      syncTimeoutMs: aNumber({ above: 0 }),
      handlerAlarmMs: aNumber({ above: 0 }),
    },
  );
  const { signal, namespace, labelSelector, onError, syncTimeoutMs, clock = systemClock, logger = silentLogger } = options;
  let last: unknown;
  const informer = new Informer<T>({
    listWatch: client.listWatch(kind, {
      ...(namespace === undefined || namespace === "" ? {} : { namespace }),
      ...(labelSelector === undefined || labelSelector === "" ? {} : { labelSelector }),
    }),
    handlerAlarmMs: options.handlerAlarmMs ?? 60_000,
    clock,
    logger,
    onError: (error, context) => {
      if (context.during === "watch") last = error;
      if (onError !== undefined) onError(error, context);
      else logger.warn(`watch ${kind.kind}: ${context.during} failed`, { error, ...context });
    },
  });
  informer.addEventHandler(handlers);
  const giveUp = new AbortController();
  const running = informer.run({ signal: AbortSignal.any([signal, giveUp.signal]) });
  if (syncTimeoutMs !== undefined && !(await syncedWithin(informer, syncTimeoutMs, clock)) && !signal.aborted) {
    giveUp.abort();
    await running;
    throw new Error(`watch ${kind.kind}: nothing could be listed within ${syncTimeoutMs / 1000} s${because(last)}`, { cause: last });
  }
  await running;
}

/** False when the time was up first, or the informer stopped. */
async function syncedWithin<T extends KubernetesObject>(informer: Informer<T>, timeoutMs: number, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(timeoutMs, { signal: over.signal, clock }).then(
    () => false,
    () => true,
  );
  const synced = informer.synced({ signal: over.signal }).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([synced, late]);
  } finally {
    over.abort();
  }
}

function because(error: unknown): string {
  if (error === undefined) return "";
  return `: ${error instanceof Error ? error.message : String(error)}`;
}
