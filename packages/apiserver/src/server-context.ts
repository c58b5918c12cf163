import type { Clock, Logger } from "@operatorkit/observe";
import type { ServerRelease } from "./emulation/server-release.ts";
import type { PodLogs } from "./logs/pod-logs.ts";
import type { TextCache } from "./watch/text-cache.ts";
import type { TokenUser } from "./auth/authenticate.ts";
import type { AccessRequest, Authorizer } from "./auth/authorize.ts";
import type { Rights } from "./auth/rights.ts";
import type { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import type { Registry } from "./registry.ts";
import type { Collection } from "./store/collection.ts";
import type { FrozenViews } from "./faults/frozen-views.ts";
import type { Store } from "./store/store.ts";
import type { ResourceDescriptor } from "./resource-descriptor.ts";

/** What every verb works on. */
export interface ServerContext {
  /** Which release of Kubernetes the server behaves as. */
  readonly release: ServerRelease;
  readonly store: Store;
  /** What reads are allowed to see. */
  readonly views: FrozenViews;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly randomUuid: () => string;
  readonly random: () => number;
  readonly texts: TextCache;
  readonly podLogs: PodLogs;
  readonly serviceAccountTokens: ServiceAccountTokens;
  readonly authorize: Authorizer;
  /** What the Roles in the store give; what `authorize` goes by unless it was given at start. */
  readonly rights: Rights;
  /** Why something is allowed, where the server knows; it does not when `authorize` was given at start. */
  readonly reasonFor: (request: AccessRequest) => string | undefined;
  /** Bearer tokens that were given at start. */
  readonly tokens: readonly TokenUser[];
}

export function collectionOf(context: ServerContext, descriptor: ResourceDescriptor): Collection {
  return context.store.collection(descriptor.storage);
}
