/** A schema says something that a CustomResourceDefinition cannot. */
export class UnsupportedSchemaError extends Error {
  override readonly name = "UnsupportedSchemaError";
  readonly code = "UnsupportedSchema";
  /** Where in the object: `spec.ports[].name`; `.*` stands for the values of a dictionary. */
  readonly path: string;
  /** What it says, and what to do instead. */
  readonly why: string;

  constructor(path: string, why: string, options: ErrorOptions & { readonly kind?: string } = {}) {
    super(`${options.kind === undefined ? "" : `CustomResourceDefinition for ${options.kind}: `}${path}: ${why}`, options);
    this.path = path;
    this.why = why;
  }
}
