/** A Kubernetes in your process: the API server plus the few controllers an operator's objects need. */
export { attachControllers } from "./attach-controllers.ts";
export type { AttachOptions } from "./attach-controllers.ts";
export { DevCluster } from "./dev-cluster.ts";
export type { DevClusterOptions } from "./dev-cluster.ts";
export type { KindSource } from "./kind-source.ts";
export { READY_AFTER_ANNOTATION } from "./pod/pod-status.ts";
