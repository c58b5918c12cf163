import { stringify } from "yaml";

export interface KubeconfigOptions {
  readonly url: string;
  readonly caPem?: string | undefined;
  readonly token: string;
}

/** A kubeconfig with one cluster and one user, as YAML. */
export function kubeconfigText({ url, caPem, token }: KubeconfigOptions): string {
  const authority = caPem === undefined ? {} : { "certificate-authority-data": Buffer.from(caPem).toString("base64") };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "cluster", cluster: { server: url, ...authority } }],
    users: [{ name: "user", user: { token } }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
    "current-context": "context",
  });
}
