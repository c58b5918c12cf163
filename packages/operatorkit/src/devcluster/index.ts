/** A Kubernetes in your process, for development and tests. */
export { ApiServer } from "@operatorkit/apiserver";
export type { ApiServerOptions } from "@operatorkit/apiserver";
export { attachControllers, DevCluster, READY_AFTER_ANNOTATION } from "@operatorkit/devcluster";
export type { AttachOptions, DevClusterOptions, KindSource } from "@operatorkit/devcluster";
