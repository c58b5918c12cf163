/**
 * Server-side apply and the ownership of fields, as kube-apiserver and structured-merge-diff do them: pure functions over objects.
 */
export { applyConfiguration } from "./apply-configuration.ts";
export type { ApplyConfigurationOptions, ApplyResult } from "./apply-configuration.ts";
export { conflictStatus } from "./conflicts.ts";
export type { Conflict, ConflictStatus } from "./conflicts.ts";
export { goString } from "./go-format.ts";
export { MAX_UPDATE_MANAGERS } from "./managers.ts";
export { MergeError } from "./merge-error.ts";
export type { MergeErrorCode } from "./merge-error.ts";
export type { MergeOptions } from "./merge-options.ts";
export { liveIfOnlyTimesDiffer } from "./same-but-times.ts";
export { strategicMergePatch } from "./strategic-merge-patch.ts";
export { trackUpdate } from "./track-update.ts";
export type { TrackUpdateOptions } from "./track-update.ts";
export { withZeroStructs } from "./zero-structs.ts";
