/** Kubernetes operators in TypeScript: what a newcomer imports. */
export {
  ApiError,
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  ignoreNotFound,
  isNotFound,
  isTooManyRequests,
} from "@operatorkit/api";
export type { Client, ListWatch, Patch, Reader, Runnable, RunOptions, Transport, Writer } from "@operatorkit/api";
export { ConfigError, connect, ensureCustomResources, ensureNamespace, KubernetesClient, retryOnConflict } from "@operatorkit/client";
export type { ConnectOptions } from "@operatorkit/client";
export {
  anyOf,
  Controller,
  EventRecorder,
  generationChanged,
  onlyMetadata,
  owned,
  ReconcileError,
  TerminalError,
  watch,
} from "@operatorkit/controller";
export type { Cache, ConditionInput, ControllerOptions, ReconcileContext, ReconcileResult } from "@operatorkit/controller";
export { Informer, KubernetesBasedInformer, Lister, SharedInformers } from "@operatorkit/informer";
export type { EventHandler, InformerOptions, KubernetesBasedInformerOptions } from "@operatorkit/informer";
export { defineKind, findCondition, isConditionTrue, jsonSchema, keyOf, mutableCopy, refOf } from "@operatorkit/object";
export type {
  Condition,
  DefinedKind,
  Kind,
  KubernetesObject,
  Manifest,
  Mutable,
  ObjectKey,
  ObjectMeta,
  ObjectOf,
  ObjectRef,
} from "@operatorkit/object";
export { silentLogger, sleep, systemClock } from "@operatorkit/observe";
export type { Clock, HealthCheck, Logger, Metrics, Tracer } from "@operatorkit/observe";
export { Operator, OperatorError, pinoLogger, PrometheusMetrics, plainLogger } from "@operatorkit/operator";
export type { OperatorOptions } from "@operatorkit/operator";
export { crdFor } from "@operatorkit/schema";
export { OpinionatedWatcher, SimpleWatcher } from "@operatorkit/watcher";
export type { ResourceWatcher } from "@operatorkit/watcher";
