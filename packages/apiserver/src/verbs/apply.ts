import type { TransportResponse } from "@operatorkit/api";
import type { WriteOptions } from "../request/write-options.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { StatusError } from "../status-error.ts";

export function applyObject(_context: ServerContext, _request: ResourceRequest, _options: WriteOptions): TransportResponse {
  throw new StatusError({ code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type", details: {} });
}
