import type { ServerRequest, UserInfo } from "./handler.ts";
import type { Representation } from "./request/accept.ts";
import type { ResourceTarget } from "./request/request-info.ts";
import type { ResourceDescriptor, Subresource } from "./resource-descriptor.ts";
import type { Subject } from "./status-error.ts";

/** One request about a resource, its path resolved: what every verb gets. */
export interface ResourceRequest {
  readonly request: ServerRequest;
  readonly target: ResourceTarget;
  readonly descriptor: ResourceDescriptor;
  readonly subresource: Subresource | undefined;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly representation: Representation;
  /** The kind's plural and group, for messages. */
  readonly subject: Subject;
  /** Sent back as `Warning` headers; verbs add to it. */
  readonly warnings: string[];
  readonly nowMs: number;
}

/** The kind and its group: what 422 messages name. */
export function kindSubject({ group, kind }: ResourceDescriptor): Subject {
  return { group, resource: kind };
}
