import { connect, type Metrics } from "operatorkit";
import type { KubernetesClient } from "@operatorkit/client";
import { ServiceAccount, type TokenRequest } from "@operatorkit/object/kinds";
import type { Target } from "./target.ts";

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** A client with the ServiceAccount's token, as a pod that runs as it would have. */
export async function connectAsServiceAccount(
  admin: KubernetesClient,
  { url, caPem }: Target,
  { namespace, name }: ServiceAccountRef,
  { metrics }: { readonly metrics?: Metrics } = {},
): Promise<KubernetesClient> {
  const request = { metadata: { namespace, name }, spec: { expirationSeconds: 3600 } };
  const { status } = await admin.create<TokenRequest>(
    { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", ...request },
    { subresource: "token", of: ServiceAccount },
  );
  const token = status?.token;
  if (token === undefined) throw new Error(`ask for a token of ServiceAccount ${namespace}/${name}: the answer has none`);
  return await connect({ server: url, token, ...(caPem !== undefined && { caPem }), ...(metrics !== undefined && { metrics }) });
}
