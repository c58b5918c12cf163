/** Thrown in place of an answer, or in the middle of one: a listener breaks the connection, the in-process transport rejects. */
export class ConnectionReset extends Error {
  readonly code: string = "ECONNRESET";
  /** Whether other requests on the same connection break too. */
  readonly scope: "request" | "connection";

  constructor(what: string, scope: "request" | "connection" = "request") {
    super(`connection reset: ${what}`);
    this.name = "ConnectionReset";
    this.scope = scope;
  }
}
