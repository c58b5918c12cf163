/** Answers the Kubernetes API: an embeddable server for tests and laptops. */
export { ApiServer } from "./api-server.ts";
export type { ApiServerOptions, TransportOptions } from "./api-server.ts";
export type { Endpoint, EndpointRequest, Handler, Middleware, Peer, ServerRequest, UserInfo } from "./handler.ts";
export { ListenError } from "./http/listen-error.ts";
export type { ListenErrorCode } from "./http/listen-error.ts";
