import { checkOptions } from "@operatorkit/observe/options";
import { HANDLER_RULES, type ResourceWatcher, type WatcherContext } from "./resource-watcher.ts";

export interface SimpleWatcherOptions<T> {
  readonly add?: (object: T, context: WatcherContext) => unknown;
  readonly update?: (old: T, object: T, context: WatcherContext) => unknown;
  readonly delete?: (object: T, context: WatcherContext) => unknown;
  /**
   * The object as it is, told again without a change: a resync of the informer; in `OpinionatedWatcher.wrap`, an object that was seen
   * before, too. @default a resync is told to `update`
   */
  readonly sync?: (object: T, context: WatcherContext) => unknown;
}

/**
 * A watcher made of plain functions. Each method passes on what it was given, the same objects, and returns (or throws) what the
 * function does; a missing function is success. An update in which nothing changed is told to `sync`, if there is one.
 */
export class SimpleWatcher<T> implements ResourceWatcher<T> {
  readonly #options: SimpleWatcherOptions<T>;

  /** @throws {TypeError} naming what is no function. */
  constructor(options: SimpleWatcherOptions<T> = {}) {
    checkOptions("SimpleWatcher", options, HANDLER_RULES);
    this.#options = options;
  }

  add(object: T, context: WatcherContext): unknown {
    return this.#options.add?.(object, context);
  }

  update(old: T, object: T, context: WatcherContext): unknown {
    if (this.#options.sync !== undefined && isResync(old, object)) return this.#options.sync(object, context);
    return this.#options.update?.(old, object, context);
  }

  delete(object: T, context: WatcherContext): unknown {
    return this.#options.delete?.(object, context);
  }

  sync(object: T, context: WatcherContext): unknown {
    return this.#options.sync?.(object, context);
  }
}

/** Nothing is known of a `T`: what carries no version is a resync when it is the very same. */
function isResync(old: unknown, object: unknown): boolean {
  if (old === object) return true;
  const version = versionOf(object);
  return version !== undefined && version === versionOf(old);
}

function versionOf(object: unknown): string | undefined {
  // Objects of Kubernetes have it; what `convert` of an informer makes of them may not.
  const version = (object as { metadata?: { resourceVersion?: unknown } } | undefined)?.metadata?.resourceVersion;
  return typeof version === "string" && version !== "" ? version : undefined;
}
