import type { Credentials } from "./credentials.ts";
import type { Impersonation } from "./impersonation.ts";

/** What a TLS connection to the server needs. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** Where a cluster is and how to get in: what every way of finding one comes down to. */
export interface ClusterConfig {
  /** Where this was found, for error messages. */
  readonly source: string;
  readonly server: URL;
  /** Asked at each new connection, so that rotated files are taken up. */
  readonly tls: () => Promise<TlsSettings>;
  readonly credentials: Credentials;
  readonly impersonate?: Impersonation;
  /** The server is in the same cluster as this process. */
  readonly isOwnCluster?: boolean;
  /** The namespace that the context, or the pod, is in. */
  readonly namespace?: string;
  readonly proxyUrl?: string;
}
