/** One object as a subject holds it or tells of it. */
export interface Seen {
  readonly uid: string;
  readonly version: string;
  readonly name: string;
}

/** Where a subject reports what it tells its user. */
export interface Told {
  added(object: Seen): void;
  updated(object: Seen): void;
  deleted(object: Seen): void;
}

export interface SubjectOptions {
  readonly url: string;
  /** Undefined without TLS. */
  readonly caPem: string | undefined;
  /** Undefined where none is asked for. */
  readonly token: string | undefined;
  /** A file with the same. */
  readonly kubeconfigPath: string;
  readonly told: Told;
  /** Ask for the initial objects by a watch, where the subject can. */
  readonly useWatchList: boolean;
  /** Objects per page of a list, where the subject can. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

/** A client that keeps a copy of the ConfigMaps of the namespace `default`. */
export interface RunningSubject {
  /** The copy, by name. */
  cache(): ReadonlyMap<string, Seen>;
  stop(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  readonly version: string;
  /** How it was set up, in one sentence. */
  readonly setting: string;
  /** How many scenarios may run at a time. */
  readonly parallel: number;
  start(options: SubjectOptions): Promise<RunningSubject>;
}
