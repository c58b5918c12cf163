import { connect, type Metrics } from "operatorkit";
import type { KubernetesClient } from "@operatorkit/client";
import type { Target } from "./target.ts";

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** A client with the ServiceAccount's token, as a pod that runs as it would have. */
export async function connectAsServiceAccount(
  { http, url, caPem }: Target,
  { namespace, name }: ServiceAccountRef,
  { metrics }: { readonly metrics?: Metrics } = {},
): Promise<KubernetesClient> {
  const answer = await http.request("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
  });
  if (answer.status !== 201) throw new Error(`ask for a token of ServiceAccount ${namespace}/${name}: ${answer.status} ${answer.text}`);
  const { token } = (answer.json as { status: { token: string } }).status;
  return await connect({ server: url, token, ...(caPem !== undefined && { caPem }), ...(metrics !== undefined && { metrics }) });
}
