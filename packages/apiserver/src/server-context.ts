import type { Clock, Logger } from "@operatorkit/observe";
import type { TextCache } from "./watch/text-cache.ts";
import type { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import type { Registry } from "./registry.ts";
import type { Collection } from "./store/collection.ts";
import type { Store } from "./store/store.ts";
import type { ResourceDescriptor } from "./resource-descriptor.ts";

/** What every verb works on. */
export interface ServerContext {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly randomUuid: () => string;
  readonly random: () => number;
  readonly texts: TextCache;
  readonly serviceAccountTokens: ServiceAccountTokens;
}

export function collectionOf(context: ServerContext, descriptor: ResourceDescriptor): Collection {
  return context.store.collection(descriptor.storage);
}
