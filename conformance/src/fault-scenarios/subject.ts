/** One object as a subject holds it or tells of it. */
export interface Seen {
  readonly uid: string;
  readonly version: string;
  readonly name: string;
}

/** Where a subject reports what it tells its user: what a user's handlers are, so they may throw, reject and hang. */
export interface Told {
  added(object: Seen): void | Promise<void>;
  updated(object: Seen): void | Promise<void>;
  deleted(object: Seen): void | Promise<void>;
}

export interface SubjectOptions {
  readonly url: string;
  /** Undefined without TLS. */
  readonly caPem: string | undefined;
  /** Undefined where none is asked for. */
  readonly token: string | undefined;
  /** The same as files, which may be replaced. */
  readonly caFile: string | undefined;
  readonly tokenFile: string | undefined;
  /** A file that names them. */
  readonly kubeconfigPath: string;
  readonly told: Told;
  /** Ask for the initial objects by a watch, where the subject can. */
  readonly useWatchList: boolean;
  /** Objects per page of a list, where the subject can. */
  readonly pageSize: number;
  /** Watch the Gadgets of example.com/v1 instead. */
  readonly isCustom: boolean;
  /** Watch only what has the label `keep=yes`. */
  readonly isSelective: boolean;
  readonly signal: AbortSignal;
}

/** A client that keeps a copy of the ConfigMaps of the namespace `default`. */
export interface RunningSubject {
  /** The copy, by name. */
  cache(): ReadonlyMap<string, Seen>;
  /** What the subject itself finds wrong with its copy, where it can look. */
  verify?(signal: AbortSignal): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  readonly version: string;
  /** How it was set up, in one sentence. */
  readonly setting: string;
  /** It promises to tell each state once, and to leave no connection behind. */
  readonly isStrict?: boolean;
  /** HTTP/2 is not spoken: scenarios about it do not apply. */
  readonly isHttp1Only?: boolean;
  /** How many scenarios may run at a time. */
  readonly parallel: number;
  start(options: SubjectOptions): Promise<RunningSubject>;
}
