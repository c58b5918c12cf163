/** What goes on between all clients and the server of a world. */
export class Traffic {
  /** Requests whose answer has not been read to its end; watches aside. */
  inFlight = 0;
  /** Grows with every request, answer and piece of a watch. */
  activity = 0;
  readonly #last: string[] = [];

  /** Keeps the last requests, to tell what does not come to rest. */
  note(request: string): void {
    this.#last.push(request);
    if (this.#last.length > LAST) this.#last.shift();
  }

  get last(): readonly string[] {
    return this.#last;
  }
}

const LAST = 8;
