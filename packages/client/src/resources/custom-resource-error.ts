/** Why a custom resource could not be installed. */
export type CustomResourceErrorCode =
  /** Another CRD has one of its names. */
  | "NameConflict"
  | "NonStructuralSchema"
  /** Not served within the time allowed. */
  | "Timeout"
  /** The server refused the manifest; `cause` says why. */
  | "NotApplied"
  /** A version's name of the manifest, or of the CRD that is there, cannot be compared. */
  | "InvalidVersion"
  /** A group, name or scope that no server takes. */
  | "InvalidResource"
  /** The server does not say which release it is. */
  | "ServerVersion";

/** One CRD that could not be installed. */
export class CustomResourceError extends Error {
  readonly code: CustomResourceErrorCode;
  /** The CRD's name: `memcacheds.cache.example.com`; empty where it is about none of them. */
  readonly crd: string;

  constructor(message: string, options: { readonly code: CustomResourceErrorCode; readonly crd: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CustomResourceError";
    this.code = options.code;
    this.crd = options.crd;
  }
}
