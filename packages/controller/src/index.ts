/** Runs your code for the right object, in order, one at a time per object. */
export type { Cache, ReconcileCache } from "./cache.ts";
export { Controller } from "./controller.ts";
export type { ControllerOptions, ControllerRunnableOptions } from "./controller.ts";
export { EventRecorder } from "./event-recorder.ts";
export type { EventRecorderOptions } from "./event-recorder.ts";
export { owned } from "./own.ts";
export type { Ownable } from "./own.ts";
export { anyOf, generationChanged } from "./predicate.ts";
export type { ObjectChange, Predicate } from "./predicate.ts";
export type { ReconcileContext } from "./reconcile-context.ts";
export { isReconcileError, isTerminal, ReconcileError, TerminalError } from "./reconcile-error.ts";
export type { ReconcileErrorOptions } from "./reconcile-error.ts";
export type { CleanupResult, ConditionInput, ReconcileResult, StatusOf } from "./reconcile-result.ts";
export { watch } from "./watch.ts";
export type { Watch } from "./watch.ts";
