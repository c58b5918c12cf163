/** What is remembered from state to state: what has been tried, and what is believed of the server. */
export interface ReflectorMemory {
  /** The version the copy is at; the watch resumes after it. Undefined until the first list. */
  readonly version: string | undefined;
  /** Waits since a stream last lived: how far the backoff has grown. */
  readonly failures: number;
  /** Streams in a row that were accepted and brought nothing. */
  readonly fruitless: number;
  /** Times in a row the server said it is at an older version than the copy, or holds nothing. */
  readonly suspicions: number;
  /** A continue token was lost: read the list in one piece. */
  readonly isUnpaged: boolean;
  /** Listed at once because a version had expired, since a stream last lived: the next time there is a wait. */
  readonly hasRelisted: boolean;
  /** Lists in a row that took too long: the next one is given more time. */
  readonly slowLists: number;
  /** Ask for the initial objects by a watch (KEP-3157). */
  readonly wantsWatchList: boolean;
  /** WatchLists in a row that were cut short. */
  readonly cutWatchLists: number;
}

export function initialMemory(wantsWatchList: boolean): ReflectorMemory {
  return {
    version: undefined,
    failures: 0,
    fruitless: 0,
    suspicions: 0,
    isUnpaged: false,
    hasRelisted: false,
    slowLists: 0,
    wantsWatchList,
    cutWatchLists: 0,
  };
}

/** The copy was replaced, and is at `version` now: what stood in the way of a list is over. The backoff goes on, see `afterLife`. */
export function afterList(memory: ReflectorMemory, version: string): ReflectorMemory {
  return { ...memory, version, fruitless: 0, suspicions: 0, isUnpaged: false, slowLists: 0, cutWatchLists: 0 };
}

/** A stream lived: the server is well, and the backoff starts over. */
export function afterLife(memory: ReflectorMemory): ReflectorMemory {
  return { ...memory, failures: 0, hasRelisted: false };
}
