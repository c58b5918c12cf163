/** Answers the Kubernetes API: an embeddable server for tests and laptops. */
export { ApiServer } from "./api-server.ts";
export type { ApiServerOptions, RestartOptions, TransportOptions } from "./api-server.ts";
export { ConnectionReset } from "./faults/connection-reset.ts";
export type { EventMatch, FaultAction, FaultMatch, FaultRule, FaultRuleOptions, Turns } from "./faults/fault-rule.ts";
export type { Faults } from "./faults/faults.ts";
export type { FreezeOptions } from "./faults/frozen-views.ts";
export type { Endpoint, EndpointRequest, Handler, Middleware, Peer, ServerRequest, UserInfo } from "./handler.ts";
export type { PodContainer, PodLogs } from "./logs/pod-logs.ts";
export { ListenError } from "./http/listen-error.ts";
export type { ListenErrorCode } from "./http/listen-error.ts";
