/** Your reaction to a change: added, updated, deleted; finalizers. */
export { assertFinalizer, defaultFinalizer, defaultFinalizerSupplier } from "./finalizer-name.ts";
export type { FinalizerSupplier } from "./finalizer-name.ts";
export { ensureFinalizer, removeFinalizer } from "./finalizer-writer.ts";
export type { FinalizerClient, FinalizerOptions } from "./finalizer-writer.ts";
export type { ResourceWatcher, WatcherContext } from "./resource-watcher.ts";
export { SimpleWatcher } from "./simple-watcher.ts";
export type { SimpleWatcherOptions } from "./simple-watcher.ts";
