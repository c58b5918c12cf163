import { connect, type ConnectOptions, type KubernetesClient } from "@operatorkit/client";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { CaseContext, type CustomKind, type CustomKindOptions } from "./api-case.ts";
import type { Target } from "./target.ts";

/** One named thing that our client does, on any server. */
export interface ClientCase {
  /** A sentence about behaviour; unique among all cases. */
  readonly name: string;
  run(context: ClientContext): Promise<void>;
}

/** What a client's case works with: an administrator's client, and what `CaseContext` makes and takes away again. */
export class ClientContext {
  readonly target: Target;
  readonly client: KubernetesClient;
  readonly signal: AbortSignal;
  readonly api: CaseContext;

  constructor(target: Target, client: KubernetesClient, signal: AbortSignal) {
    this.target = target;
    this.client = client.with({ fieldManager: "case" });
    this.signal = signal;
    this.api = new CaseContext(target);
  }

  namespace(): Promise<string> {
    return this.api.namespace();
  }

  /** A kind of custom resource, served, as the client is told of it. */
  async customKind(options?: CustomKindOptions): Promise<{ readonly kind: Kind; readonly custom: CustomKind }> {
    const custom = await this.api.customKind(options);
    return { kind: kindOf(custom.group, custom.kind, custom.plural, "v1"), custom };
  }

  /** Another client of the same server, closed at the end of the case. */
  async connect(options: ConnectOptions): Promise<KubernetesClient> {
    const client = await connect({ kubeconfig: this.target.kubeconfigPath, fieldManager: "case", ...options });
    this.api.onEnd(() => client.close());
    return client;
  }

  close(): Promise<void> {
    return this.api.close();
  }
}

export function kindOf<T extends KubernetesObject>(group: string, kind: string, plural: string, version: string): Kind<T> {
  return {
    group,
    version,
    apiVersion: `${group}/${version}`,
    kind,
    plural,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: true,
    shortNames: [],
    categories: [],
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Readonly<Record<string, unknown>>> {
  const answer = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(answer instanceof Error)) throw new Error(`expected a rejection with an Error, and it was ${String(answer)}`);
  // Its fields are compared, whatever they are.
  return answer as Error & Readonly<Record<string, unknown>>;
}
