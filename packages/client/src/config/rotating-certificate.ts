import type { TlsSettings } from "./cluster-config.ts";
import type { Credentials } from "./credentials.ts";

export interface RotatingCertificateOptions {
  readonly credentials: Credentials;
  readonly tls: () => Promise<TlsSettings>;
  /** Told when there is another certificate than connections have been made with. */
  readonly onRotated: () => Promise<void>;
}

/**
 * Credentials along with a client certificate, which is shown once for each connection: one that was rotated, in its file or by its
 * plugin, is of no use to a connection that is there, and an HTTP/2 connection may live for weeks. So after a 401 the certificate
 * is read again too, and when it is another, new connections are made.
 */
export class RotatingCertificate implements Credentials {
  readonly #options: RotatingCertificateOptions;
  /** The certificate of the newest connection. */
  #shown: string | undefined;

  constructor(options: RotatingCertificateOptions) {
    this.#options = options;
  }

  get source(): string {
    return this.#options.credentials.source;
  }

  /** What the next connection is made with. */
  async tls(): Promise<TlsSettings> {
    const settings = await this.#options.tls();
    this.#shown = settings.cert;
    return settings;
  }

  headers(): Promise<Readonly<Record<string, string>>> {
    return this.#options.credentials.headers();
  }

  async refresh(): Promise<boolean> {
    const { credentials, tls, onRotated } = this.#options;
    const isNew = await credentials.refresh();
    const { cert } = await tls();
    if (cert === this.#shown) return isNew;
    this.#shown = cert;
    await onRotated();
    return true;
  }
}
