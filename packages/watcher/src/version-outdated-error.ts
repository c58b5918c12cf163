/** The version a raw watch would go on from is no longer kept by the server, and nobody vouches for the cache: list anew. */
export class ErrVersionOutdated extends Error {
  override readonly name = "ErrVersionOutdated";
  readonly code = "VersionOutdated";
  /** The version that is too old. */
  readonly resourceVersion: string | undefined;

  constructor(message: string, { resourceVersion, cause }: { readonly resourceVersion: string | undefined; readonly cause: unknown }) {
    super(message, { cause });
    this.resourceVersion = resourceVersion;
  }
}

/** Tells it by its code, so that it works across copies of this package. */
export function isVersionOutdated(error: unknown): error is ErrVersionOutdated {
  return error instanceof Error && "code" in error && error.code === "VersionOutdated";
}
