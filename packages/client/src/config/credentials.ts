/** Who the client is: headers for each request, a certificate for each connection. */
export interface Credentials {
  /** Where they come from, for error messages; never a secret. */
  readonly source: string;
  /** Headers for the next request, lower-case. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The client certificate for the next connection. */
  certificate?(): Promise<{ readonly cert: string; readonly key: string } | undefined>;
  /** Asked after a 401: true when credentials were read anew, so that the request is worth sending once more. */
  refresh(): Promise<boolean>;
}

/** Credentials that never change. */
export class StaticCredentials implements Credentials {
  readonly source: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ source, headers = {} }: { readonly source: string; readonly headers?: Readonly<Record<string, string>> }) {
    this.source = source;
    this.#headers = headers;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    return this.#headers;
  }

  async refresh(): Promise<boolean> {
    return false;
  }
}
