/** The local, indexed, self-healing copy of a kind. */
export type { Change } from "./change.ts";
export type { AddContext, DeleteContext, EventHandler, HandlerContext, Subscription } from "./event-handler.ts";
export { Informer, informerName } from "./informer.ts";
export type { InformerErrorContext, InformerOptions } from "./informer.ts";
export { scopedInformerName, SharedInformers } from "./informer-registry.ts";
export type { InformerLease, SharedInformersOptions, ShareOptions } from "./informer-registry.ts";
export type { InformerView, KeyListener, KeySubscription } from "./informer-view.ts";
export { emptyLabelFilters, KubernetesBasedInformer } from "./kubernetes-based-informer.ts";
export type { KubernetesBasedInformerOptions } from "./kubernetes-based-informer.ts";
export { Lister } from "./lister.ts";
export type { ListerOptions } from "./lister.ts";
export type { SilenceLimits } from "./reflector.ts";
export type { IndexFunction } from "./store-index.ts";
export { Store } from "./store.ts";
export type { StoreOptions } from "./store.ts";
export type { Transform } from "./transformed-list-watch.ts";
export type { Difference } from "./verify.ts";
