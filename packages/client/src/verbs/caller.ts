import { ApiError, isApiError, type ClientDefaults, type RequestOptions, type WriteOptions } from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject } from "@operatorkit/object";
import type { ClientCore } from "../client-core.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Call, Verb } from "../request/call.ts";
import type { Query } from "../request/resource-path.ts";
import { orAborted } from "../transport/or-aborted.ts";

/** What a call is about: one object, or all of a kind in a namespace. */
export interface About {
  readonly kind: Kind;
  readonly ref: { readonly name?: string | undefined; readonly namespace?: string | undefined };
  readonly subresource?: string | undefined;
}

/** Where a whole object goes that is not written to where its own kind's objects are. */
export interface PartOf {
  /** Write to this part of the object that `metadata` names. */
  readonly subresource?: string;
  /**
   * Whose part it is, where the object is of another kind than what it is a part of: a TokenRequest is the `token` of a ServiceAccount,
   * a Scale the `scale` of a Deployment. Needs `subresource`. @default the object's own kind
   */
  readonly of?: Kind | KindRef;
}

/** What every verb needs: calls with the client's defaults in them, and answers that are objects. */
export class Caller {
  readonly core: ClientCore;
  readonly defaults: ClientDefaults;

  constructor(core: ClientCore, defaults: ClientDefaults) {
    this.core = core;
    this.defaults = defaults;
  }

  call(verb: Verb, about: About, method: Call["method"], path: () => string, { signal }: RequestOptions, body?: Call["body"]): Call {
    const action = `${verb === "deletecollection" ? "delete all" : verb} ${nameOf(about)}`;
    return {
      action,
      verb,
      subject: { kind: about.kind, namespace: about.ref.namespace, subresource: about.subresource },
      method,
      path: pathFor(action, path),
      body,
      signals: [signal, this.defaults.signal],
    };
  }

  /** Sends a call that a Kubernetes object answers. */
  async object<T>(call: Call): Promise<T> {
    const value = await this.core.requester.json(call);
    const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: unknown };
    if (typeof kind !== "string" || metadata === null || typeof metadata !== "object") {
      throw new ApiError(
        `${call.action}: the answer is not a Kubernetes object: it has no kind or no metadata; is the server's address right?`,
        { code: "MalformedResponse" },
      );
    }
    // The server vouches for the rest of the type.
    return value as T;
  }

  /** The kind that a whole object is written to, its own unless `of` says another: one the client has seen, else the server is asked. */
  async kindOf(verb: string, object: KindRef & { readonly metadata?: unknown }, options: RequestOptions & PartOf): Promise<Kind> {
    const refuse = (field: string): never => {
      throw new ApiError(`${verb} ${object?.kind || "an object"}: ${field} is missing`, { code: "InvalidRequest" });
    };
    if (!object?.apiVersion) refuse("apiVersion");
    if (!object.kind) refuse("kind");
    if (object.metadata === null || typeof object.metadata !== "object") refuse("metadata");
    if (options.of === undefined) return await this.#found(verb, object, options.signal);
    if (!options.subresource) refuse("subresource, which of is about,");
    return await this.kindFrom(verb, options.of, options);
  }

  /** The kind that is given, or the one behind an `apiVersion` and `kind`. */
  async kindFrom<T extends KubernetesObject>(verb: string, given: Kind<T> | KindRef, { signal }: RequestOptions): Promise<Kind<T>> {
    if (typeof (given as Partial<Kind<T>> | undefined)?.plural === "string") {
      this.core.mapper.learn(given as Kind<T>);
      return given as Kind<T>;
    }
    for (const field of ["apiVersion", "kind"] as const) {
      if (typeof given?.[field] !== "string" || given[field] === "")
        throw new ApiError(`${verb} ${given?.kind || "an object"}: ${field} of the kind is missing`, { code: "InvalidRequest" });
    }
    // Whoever gives no type but the name vouches for it.
    return (await this.#found(verb, given, signal)) as Kind<T>;
  }

  async #found(verb: string, ref: KindRef, signal: AbortSignal | undefined): Promise<Kind> {
    const known = this.core.mapper.known(ref);
    if (known !== undefined) return known;
    try {
      return await this.unlessAborted(this.core.mapper.resolve(ref), signal);
    } catch (error) {
      if (!isApiError(error)) throw error;
      const { code, status, response, retryAfterMs } = error;
      throw new ApiError(`${verb} ${ref.kind}: ${error.message}`, { code, status, response, retryAfterMs, cause: error });
    }
  }

  writeQuery({ fieldManager = this.defaults.fieldManager, dryRun, fieldValidation }: WriteOptions): Query {
    return { fieldManager, dryRun: dryRun === true ? "All" : undefined, fieldValidation };
  }

  /** What makes a configuration for @kubernetes/client-node. @throws {ConfigError} for a client that was given a transport */
  toKubeConfig(action: string): () => Promise<unknown> {
    const { toKubeConfig } = this.core;
    if (toKubeConfig !== undefined) return toKubeConfig;
    throw new ConfigError(
      `${action}: this client was given a transport, which only knows how to carry requests; connect by an address or a kubeconfig`,
      { code: "InvalidOptions" },
    );
  }

  /** For work that others may share, and that therefore no one caller can end. */
  unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return orAborted(orAborted(work, signal), this.defaults.signal);
  }
}

/** `Deployment default/web`, `status of Node a`, `Pod in default`. */
export function nameOf({ kind, ref: { name, namespace }, subresource }: About): string {
  const part = subresource === undefined ? "" : `${subresource} of `;
  if (name === undefined || name === "") return `${part}${kind.kind}${namespace ? ` in ${namespace}` : ""}`;
  return `${part}${kind.kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

export function jsonBody(json: unknown): NonNullable<Call["body"]> {
  return { contentType: "application/json", json };
}

/** A path that cannot be built says what it was for. */
function pathFor(action: string, path: () => string): string {
  try {
    return path();
  } catch (cause) {
    if (!isApiError(cause)) throw cause;
    throw new ApiError(`${action}: ${cause.message}`, { code: cause.code, cause });
  }
}
