import { aClient, aKind, type FinalizerClaim } from "@operatorkit/api";
import { sameJson, type Json, type Kind, type KubernetesObject } from "@operatorkit/object";
import { aList, anObject, aString, checkOptions, optionError, required } from "@operatorkit/observe/options";
import { assertFinalizer, defaultFinalizer } from "./finalizer-name.ts";
import {
  ensureFinalizer,
  removeFinalizer,
  replaceFinalizer,
  WRITER_RULES,
  type FinalizerClient,
  type FinalizerOptions,
} from "./finalizer-writer.ts";

export interface FinalizerMarksOptions<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  readonly client: FinalizerClient;
  /** The default finalizer is `<group>/<name>`. Needed unless `finalizer` is given. */
  readonly name?: string | undefined;
  /** What keeps an object until it was cleaned up. @default `<group>/<name>` */
  readonly finalizer?: string | undefined;
  /**
   * Put on before an object is added, so that one which is deleted while its add fails is not lost. False for the order of
   * grafana-app-sdk 0.9: add first, then the finalizer.
   * @default `<finalizer>-wip`
   */
  readonly inProgressFinalizer?: string | false | undefined;
  /** Finalizers that were used here once: taken for ours when seen, and removed with it. */
  readonly legacyFinalizers?: readonly string[] | undefined;
  readonly finalizerOptions?: Omit<FinalizerOptions, "signal"> | undefined;
}

/** What the marks on an object say. */
export interface MarkFacts {
  readonly isDeleting: boolean;
  /** Our finalizer (or one we used to have) is on it: it was added before. */
  readonly isOurs: boolean;
  /** The in-progress finalizer is on it: adding was begun. */
  readonly isInProgress: boolean;
}

/**
 * The finalizers by which `OpinionatedWatcher` and `OpinionatedReconciler` know an object: one while it is being added, one from then
 * on until it was cleaned up. Reads them, and writes them as `ensureFinalizer` and its siblings do.
 */
export class FinalizerMarks<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  readonly finalizer: string;
  readonly inProgressFinalizer: string | false;
  readonly #client: FinalizerClient;
  readonly #legacy: readonly string[];
  readonly #options: Omit<FinalizerOptions, "signal">;

  /** @param what whose marks they are, for errors. @throws {TypeError} naming the option that cannot work. */
  constructor(what: string, options: FinalizerMarksOptions<T>) {
    checkOptions(what, options, {
      kind: required(aKind),
      client: required(aClient("get", "patch")),
      name: aString,
      finalizer: aString,
      legacyFinalizers: aList(aString),
      finalizerOptions: anObject(WRITER_RULES),
    });
    const { kind, client, name, legacyFinalizers = [], finalizerOptions = {} } = options;
    if (options.finalizer === undefined && name === undefined) throw optionError(what, "name", "is missing; give it, or a finalizer");
    this.kind = kind;
    this.finalizer = options.finalizer ?? defaultFinalizer(kind.group, name ?? "");
    this.inProgressFinalizer = options.inProgressFinalizer ?? `${this.finalizer}-wip`;
    for (const field of ["finalizer", "inProgressFinalizer"] as const) {
      const given = this[field];
      if (given !== false) checkFinalizer(what, field, kind, given);
    }
    if (this.inProgressFinalizer === this.finalizer) throw optionError(what, "inProgressFinalizer", "must differ from finalizer");
    this.#client = client;
    this.#legacy = legacyFinalizers;
    this.#options = finalizerOptions;
  }

  /** Ours, for whoever refuses two that keep the same. The old ones are nobody's any more. */
  claims(): readonly FinalizerClaim[] {
    const names = this.inProgressFinalizer === false ? [this.finalizer] : [this.finalizer, this.inProgressFinalizer];
    return names.map((finalizer) => ({ kind: this.kind, finalizer }));
  }

  factsOf({ metadata: { deletionTimestamp, finalizers = [] } }: KubernetesObject): MarkFacts {
    return {
      isDeleting: deletionTimestamp !== undefined,
      isOurs: finalizers.includes(this.finalizer) || this.#legacy.some((legacy) => finalizers.includes(legacy)),
      isInProgress: this.inProgressFinalizer !== false && finalizers.includes(this.inProgressFinalizer),
    };
  }

  /**
   * Whether a change is a mark of ours that was put on, put in the place of the other, or a leftover that was taken off, and nothing
   * else. A mark that somebody took off is none: the object is without protection.
   */
  isOwnWrite(old: KubernetesObject, object: KubernetesObject): boolean {
    const before = this.factsOf(old);
    const after = this.factsOf(object);
    if (after.isDeleting || old.metadata.resourceVersion === object.metadata.resourceVersion) return false;
    const isLeftoverGone = before.isOurs && after.isOurs && before.isInProgress && !after.isInProgress;
    return (rankOf(after) > rankOf(before) || isLeftoverGone) && onlyFinalizersDiffer(old, object);
  }

  /** Marks the object as in progress, unless it is ours or there is no such mark. As `ensureFinalizer`. */
  begin(object: T, signal: AbortSignal): Promise<T | undefined> {
    if (this.inProgressFinalizer === false) return Promise.resolve(object);
    const unless = [this.finalizer, ...this.#legacy];
    return ensureFinalizer(this.#client, this.kind, object, this.inProgressFinalizer, { ...this.#options, signal, unless });
  }

  /** Marks the object as ours, in the place of the mark in progress. As `replaceFinalizer`. */
  finish(object: T, signal: AbortSignal): Promise<T | undefined> {
    const options = { ...this.#options, signal };
    if (this.inProgressFinalizer === false) return ensureFinalizer(this.#client, this.kind, object, this.finalizer, options);
    return replaceFinalizer(this.#client, this.kind, object, this.inProgressFinalizer, this.finalizer, options);
  }

  /** Takes off a mark in progress that was left behind on an object of ours. */
  tidy(object: T, signal: AbortSignal): Promise<T | undefined> {
    if (this.inProgressFinalizer === false) return Promise.resolve(object);
    return removeFinalizer(this.#client, this.kind, object, this.inProgressFinalizer, { ...this.#options, signal });
  }

  /** Takes all marks off, the old ones too. As `removeFinalizer`. */
  release(object: T, signal: AbortSignal): Promise<T | undefined> {
    const all = [this.finalizer, ...this.#legacy, ...(this.inProgressFinalizer === false ? [] : [this.inProgressFinalizer])];
    return removeFinalizer(this.#client, this.kind, object, all, { ...this.#options, signal });
  }
}

/** Names the option besides what is wrong with it: which of the two it is cannot be told from a name. */
function checkFinalizer(what: string, field: string, kind: Kind, name: string): void {
  try {
    assertFinalizer(kind, name);
  } catch (error) {
    throw optionError(what, field, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** How well an object is protected: not at all, while it is added, for good. */
export function rankOf({ isOurs, isInProgress }: Pick<MarkFacts, "isOurs" | "isInProgress">): 0 | 1 | 2 {
  return isOurs ? 2 : isInProgress ? 1 : 0;
}

/** Whether two versions of an object are the same but for finalizers, the version and bookkeeping. */
export function onlyFinalizersDiffer(old: KubernetesObject, object: KubernetesObject): boolean {
  return sameJson(withoutBookkeeping(old), withoutBookkeeping(object));
}

function withoutBookkeeping({ metadata, ...rest }: KubernetesObject): Json {
  const { finalizers: _finalizers, resourceVersion: _version, managedFields: _fields, ...kept } = metadata;
  // Objects are plain JSON; their types merely do not say so.
  return { ...rest, metadata: kept } as unknown as Json;
}
