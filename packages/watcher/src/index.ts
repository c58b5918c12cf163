/** Your reaction to a change: added, updated, deleted; finalizers. */
export { FinalizerMarks } from "./finalizer-marks.ts";
export type { FinalizerMarksOptions, MarkFacts } from "./finalizer-marks.ts";
export { assertFinalizer, defaultFinalizer, defaultFinalizerSupplier } from "./finalizer-name.ts";
export type { FinalizerSupplier } from "./finalizer-name.ts";
export { ensureFinalizer, removeFinalizer, replaceFinalizer } from "./finalizer-writer.ts";
export type { EnsureFinalizerOptions, FinalizerClient, FinalizerOptions } from "./finalizer-writer.ts";
export { OpinionatedWatcher } from "./opinionated-watcher.ts";
export type { OpinionatedHandler, OpinionatedWatcherOptions } from "./opinionated-watcher.ts";
export type { ResourceWatcher, WatcherContext } from "./resource-watcher.ts";
export { SimpleWatcher } from "./simple-watcher.ts";
export type { SimpleWatcherOptions } from "./simple-watcher.ts";
export { watchCustomResource } from "./watch-custom-resource.ts";
export type { WatchCustomResourceOptions } from "./watch-custom-resource.ts";
export { ErrVersionOutdated, isVersionOutdated } from "./version-outdated-error.ts";
export { watchFromVersion } from "./watch-from-version.ts";
export type { RawWatchEvent, WatchFromVersionOptions } from "./watch-from-version.ts";
