/** The very same informer was added twice under one kind: its handlers would be told everything twice. */
export class InformerAlreadyAddedError extends Error {
  readonly code = "InformerAlreadyAdded" as const;

  constructor(kind: string) {
    super(`add informer of ${kind}: this informer was already added under that kind`);
    this.name = "InformerAlreadyAddedError";
  }
}
