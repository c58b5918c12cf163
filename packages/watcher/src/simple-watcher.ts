import type { ResourceWatcher, WatcherContext } from "./resource-watcher.ts";

export interface SimpleWatcherOptions<T> {
  readonly add?: (object: T, context: WatcherContext) => unknown;
  readonly update?: (old: T, object: T, context: WatcherContext) => unknown;
  readonly delete?: (object: T, context: WatcherContext) => unknown;
  /** The object as it is, told again without a change: a resync, or what was there at the start. @default nothing */
  readonly sync?: (object: T, context: WatcherContext) => unknown;
}

/**
 * A watcher made of plain functions. Each method passes on what it was given, the same objects, and returns (or throws) what the
 * function does; a missing function is success.
 */
export class SimpleWatcher<T> implements ResourceWatcher<T> {
  readonly #options: SimpleWatcherOptions<T>;

  constructor(options: SimpleWatcherOptions<T> = {}) {
    for (const name of ["add", "update", "delete", "sync"] as const) {
      if (options[name] !== undefined && typeof options[name] !== "function")
        throw new TypeError(`SimpleWatcher: ${name} must be a function`);
    }
    this.#options = options;
  }

  add(object: T, context: WatcherContext): unknown {
    return this.#options.add?.(object, context);
  }

  update(old: T, object: T, context: WatcherContext): unknown {
    return this.#options.update?.(old, object, context);
  }

  delete(object: T, context: WatcherContext): unknown {
    return this.#options.delete?.(object, context);
  }

  sync(object: T, context: WatcherContext): unknown {
    return this.#options.sync?.(object, context);
  }
}
