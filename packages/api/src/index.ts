/** What one package asks of a Kubernetes API: interfaces and errors. */
export {
  ApiError,
  codeOf,
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isTooManyRequests,
} from "./api-error.ts";
export { ignoreNotFound } from "./ignore-not-found.ts";
export type { ApiErrorCode, ApiErrorOptions, Status, StatusCause, StatusDetails } from "./api-error.ts";
export type {
  ApplyOptions,
  Client,
  ClientDefaults,
  DeleteOptions,
  GetOptions,
  Listing,
  ListOptions,
  ListPage,
  ListWatchScope,
  MetadataOnly,
  MetadataScope,
  PatchClient,
  Reader,
  RequestOptions,
  SubresourceWriteOptions,
  WriteOptions,
  Writer,
} from "./client.ts";
export { conflictsOf } from "./conflicts-of.ts";
export type { FieldConflict } from "./conflicts-of.ts";
export type { EventRecord, EventSink } from "./event-sink.ts";
export { entryOf } from "./list-watch.ts";
export type { EntryPage, ListRequest, ListWatch, ObjectEntry, WatchEvent, WatchRequest, WatchStream } from "./list-watch.ts";
export { aClient, aFieldSelector, aKind, aLabelSelector, aListWatch } from "./option-rules.ts";
export type { JsonPatchOperation, Patch } from "./patch.ts";
export { clashingFinalizer } from "./finalizer-claim.ts";
export type { FinalizerClaim } from "./finalizer-claim.ts";
export type { Runnable, RunOptions } from "./runnable.ts";
export type { Transport, TransportRequest, TransportResponse } from "./transport.ts";
