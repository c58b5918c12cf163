import { aListWatch, ApiError, isApiError, isExpired, type ListWatch, type WatchEvent } from "@operatorkit/api";
import { compareResourceVersions, type KubernetesObject } from "@operatorkit/object";
import { silentLogger, sleep, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { aFunction, aNumber, anAbortSignal, checkOptions, required } from "@operatorkit/observe/options";
import { exponentialBackoff, TimeoutError, withTimeout } from "@operatorkit/retry";
import { ErrVersionOutdated } from "./version-outdated-error.ts";

/** One event of a raw watch. */
export interface RawWatchEvent<T extends KubernetesObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
}

export interface WatchFromVersionOptions {
  readonly signal: AbortSignal;
  /** Events after this version: that of a list. @default what is there now comes first, as ADDED */
  readonly startVersion?: string | undefined;
  /**
   * Asked when the server no longer keeps the version: a version you have seen everything of goes on from there, nothing declines.
   * @default declines
   */
  readonly checkStaleCache?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Told of failed callbacks, of callbacks that are stuck, and of failures that are tried again; the default logs. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** A callback that takes longer is reported once, and waited for. @default 60_000 */
  readonly handlerAlarmMs?: number | undefined;
  /** The server ends each stream after this long. @default 300 */
  readonly timeoutSeconds?: number | undefined;
  /**
   * A stream on which nothing comes for this long is given up, and asked for anew; so is a server that does not answer. Longer than the
   * minute between two bookmarks. The time a callback takes does not count. @default 90_000
   */
  readonly silenceMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * rook operator-kit's raw watch of 2017: tells `onEvent` of each event after a version, one at a time, and goes on from the last one when the
 * stream ends. It keeps no copy and lists nothing; that is its owner's. Blocks until `signal` is aborted, then resolves.
 *
 * A callback that fails is reported, and the next event is told. Broken and silent connections, 429 and 5xx are reported and tried again
 * from the same version, with growing waits while no event comes. Rejects with `ErrVersionOutdated` when the server no longer keeps the
 * version (410, as a status or in the stream) and `checkStaleCache` declines or fails, and when the version is of a time that this server
 * does not know: it says so six times in a row (504, too large), or sends an older one, as a server does that was restored from a backup.
 * Rejects with the error itself for any other answer that says no, and for a line that is no event.
 *
 * @throws {TypeError} naming the option that cannot work.
 */
export async function watchFromVersion<T extends KubernetesObject>(
  listWatch: ListWatch<T>,
  onEvent: (event: RawWatchEvent<T>) => unknown,
  options: WatchFromVersionOptions,
): Promise<void> {
  const above0 = aNumber({ above: 0 });
  checkOptions(
    "watchFromVersion",
    { listWatch, onEvent, ...options },
    {
      listWatch: required(aListWatch),
      onEvent: required(aFunction),
      signal: required(anAbortSignal),
      checkStaleCache: aFunction,
      handlerAlarmMs: above0,
      timeoutSeconds: above0,
      silenceMs: above0,
    },
  );
  const { signal, startVersion, checkStaleCache, clock = systemClock, logger = silentLogger } = options;
  const what = `watch ${listWatch.kind.plural}`;
  const report = reporter(what, options.onError, logger);
  const wait = exponentialBackoff({ baseMs: BACKOFF_MS, maxMs: BACKOFF_MAX_MS });
  let version = startVersion === "" ? undefined : startVersion;
  /** Streams in a row that told nothing. */
  let barren = 0;
  /** Answers in a row that the version is one the server has not come to. */
  let tooLarge = 0;

  async function tell(event: Exclude<WatchEvent<T>, { type: "ERROR" | "BOOKMARK" }>): Promise<void> {
    const { handlerAlarmMs = HANDLER_ALARM_MS } = options;
    const { entry, type } = event;
    const stuck = (): void => report(new Error(`${what}: the callback has been at ${type} ${entry.key} for ${handlerAlarmMs / 1000} s`));
    const alarm = clock.setTimer(handlerAlarmMs, stuck);
    try {
      await onEvent({ type, object: entry.object });
    } catch (error) {
      report(error);
    } finally {
      alarm.cancel();
    }
  }

  /** Waits for the server, but not for ever. */
  async function heard<R>(work: () => Promise<R>): Promise<R> {
    const { silenceMs = SILENCE_MS } = options;
    try {
      return await withTimeout(work, { timeoutMs: silenceMs, signal, clock, what });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new ApiError(`${what}: nothing came for ${silenceMs / 1000} s; the connection is given up and made anew`, {
        code: "DeadlineExceeded",
        cause: error,
      });
    }
  }

  async function takeIn(events: readonly WatchEvent<T>[]): Promise<void> {
    for (const event of events) {
      if (signal.aborted) return;
      if (event.type === "ERROR") throw event.error;
      if (event.type === "BOOKMARK") {
        if (version !== undefined && (compareResourceVersions(event.resourceVersion, version) ?? 0) < 0) throw backInTime(what, version);
        version = event.resourceVersion;
      } else {
        await tell(event);
        version = newer(version, event.entry.resourceVersion);
      }
      barren = 0;
      tooLarge = 0;
    }
  }

  /** One stream, to its end. Throws what ended it, if anything did. */
  async function stream(): Promise<void> {
    const { timeoutSeconds = 300 } = options;
    const from = version === undefined ? {} : { resourceVersion: version };
    const request = new AbortController();
    const onAbort = (): void => request.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    let events: AsyncIterator<readonly WatchEvent<T>[]> | undefined;
    try {
      const opened = await heard(() => listWatch.watch({ ...from, allowWatchBookmarks: true, timeoutSeconds, signal: request.signal }));
      const iterator = (events = opened[Symbol.asyncIterator]());
      for (;;) {
        const next = await heard(() => iterator.next());
        if (next.done === true || signal.aborted) return;
        await takeIn(next.value);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      request.abort(new Error(`${what}: the stream is given up`));
      // Not waited for: one that is stuck would hold everything up.
      void Promise.resolve(events?.return?.()).catch(() => {});
    }
  }

  while (!signal.aborted) {
    barren += 1;
    try {
      await stream();
    } catch (error) {
      if (signal.aborted) break;
      tooLarge = isTooLarge(error) ? tooLarge + 1 : 0;
      if (tooLarge >= MOST_TOO_LARGE) throw new ErrVersionOutdated(unknownYet(what, version), { resourceVersion: version, cause: error });
      if (isExpired(error)) version = await afterGap(what, version, checkStaleCache, error);
      else if (mayPass(error)) report(error);
      else throw error;
    }
    if (signal.aborted) break;
    await sleep(wait(barren), { signal, clock }).catch(() => {});
  }
}

const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const HANDLER_ALARM_MS = 60_000;
const SILENCE_MS = 90_000;
/** A server that lags behind its etcd, or behind its siblings, catches up within seconds. */
const MOST_TOO_LARGE = 6;

/** Source: kube-apiserver `storage/errors.go` NewTooLargeResourceVersionError: 504 with this cause. */
function isTooLarge(error: unknown): boolean {
  return isApiError(error) && error.causes.some(({ reason }) => reason === "ResourceVersionTooLarge");
}

function unknownYet(what: string, version: string | undefined): string {
  return `${what}: the server has not come to version ${version ?? "(none)"}; it may have been restored from a backup; list anew`;
}

function backInTime(what: string, version: string): ErrVersionOutdated {
  return new ErrVersionOutdated(unknownYet(what, version), { resourceVersion: version, cause: undefined });
}

/** Where to go on when the server no longer keeps `version`. */
async function afterGap(
  what: string,
  version: string | undefined,
  checkStaleCache: WatchFromVersionOptions["checkStaleCache"],
  cause: unknown,
): Promise<string> {
  const why = `${what}: version ${version ?? "(none)"} is no longer kept by the server`;
  let good: string | undefined;
  try {
    good = await checkStaleCache?.();
  } catch (error) {
    throw new ErrVersionOutdated(`${why}, and the cache could not be checked; list anew`, { resourceVersion: version, cause: error });
  }
  if (good === undefined || good === "") throw new ErrVersionOutdated(`${why}; list anew`, { resourceVersion: version, cause });
  return good;
}

/** Whether trying the same again can help: no answer, too many requests, or an error of the server's own. */
function mayPass(error: unknown): boolean {
  if (!isApiError(error)) return false;
  return error.code === "ConnectionFailed" || error.code === "DeadlineExceeded" || error.status === 429 || (error.status ?? 0) >= 500;
}

/** Without a start version, what is there comes in any order: going on from the newest repeats nothing. */
function newer(version: string | undefined, next: string): string {
  return version !== undefined && (compareResourceVersions(next, version) ?? 1) < 0 ? version : next;
}

function reporter(what: string, onError: ((error: unknown) => void) | undefined, logger: Logger): (error: unknown) => void {
  return (error) => {
    try {
      if (onError !== undefined) onError(error);
      else logger.warn(`${what} failed, and goes on`, { error });
    } catch (thrown) {
      logger.error("onError failed", { error: thrown });
    }
  };
}
