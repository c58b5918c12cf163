/** Something was tried as often as it may, and never came out as wanted. */
export class TriesError extends Error {
  readonly code = "Tries" as const;
  readonly tries: number;

  constructor(message: string, tries: number) {
    super(message);
    this.name = "TriesError";
    this.tries = tries;
  }
}
