/**
 * No answer came, or it broke off. The message is half a sentence that says why, and what to do where that is known;
 * the client puts before it what was being done and to which server.
 */
export class TransportError extends Error {
  /** False when the server surely did not act on the request: it is then safe to send it again, whatever it was. */
  readonly wasSent: boolean;
  /** True when trying again cannot help: a certificate, an address or a setting is wrong. */
  readonly isPermanent: boolean;

  constructor(message: string, options: { readonly wasSent: boolean; readonly isPermanent?: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TransportError";
    this.wasSent = options.wasSent;
    this.isPermanent = options.isPermanent ?? false;
  }
}
