import type { ObjectKey } from "@operatorkit/object";
import type { InformerErrorContext } from "./error-reporter.ts";

/** An object that is there: created, changed, or told again. Which of the first two it is cannot be told. */
export interface ToldUpdate<U> {
  readonly key: ObjectKey;
  readonly object: U;
  /** It is told because it is there, initially or at a resync, not because something happened to it. */
  readonly isReplay: boolean;
}

/** An object that is going (it has a deletionTimestamp) or gone. */
export interface ToldDelete<U> {
  readonly key: ObjectKey;
  /** The last state that is known. */
  readonly object: U;
  readonly isReplay: boolean;
  /** False while its finalizers keep it. */
  readonly isGone: boolean;
  /** It went unseen, so that `object` may not be the last state there was. */
  readonly finalStateUnknown: boolean;
}

export interface ToldError {
  readonly error: unknown;
  readonly during: InformerErrorContext["during"];
  readonly key?: ObjectKey;
}

/** Three streams of what happens, each to be read once, all of them or those you need. */
export interface EventStreams<U> {
  readonly updates: AsyncIterable<ToldUpdate<U>>;
  readonly deletes: AsyncIterable<ToldDelete<U>>;
  readonly errors: AsyncIterable<ToldError>;
  /** Ends all three. */
  close(): void;
}

/** A reader took so few deletions that they are not kept for it any more. Ask for new streams, which begin with what is there. */
export class StreamOverflowError extends Error {
  readonly code = "StreamOverflow";

  constructor(name: string, waiting: number) {
    super(`${name}: ${waiting} deletions wait to be read; read them, or leave "deletes"`);
    this.name = "StreamOverflowError";
  }
}
