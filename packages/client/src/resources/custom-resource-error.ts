/** Why a custom resource could not be installed. */
export type CustomResourceErrorCode =
  /** Another CRD has one of its names. */
  | "NameConflict"
  | "NonStructuralSchema"
  /** Not served within the time allowed. */
  | "Timeout"
  /** The server refused the manifest; `cause` says why. */
  | "NotApplied";

/** One CRD that could not be installed. */
export class CustomResourceError extends Error {
  readonly code: CustomResourceErrorCode;
  /** The CRD's name: `memcacheds.cache.example.com`. */
  readonly crd: string;

  constructor(message: string, options: { readonly code: CustomResourceErrorCode; readonly crd: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CustomResourceError";
    this.code = options.code;
    this.crd = options.crd;
  }
}
