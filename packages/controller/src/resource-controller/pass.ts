import type { KubernetesObject } from "@operatorkit/object";
import type { ReconcileContext } from "../reconcile-context.ts";
import type { ResourceContext } from "./resource-context.ts";

type Flag = "reconciliation" | "finalizers" | "updateAllowed" | "updateRequired" | "deletionAllowed";

/** One pass over an object's resources: its flags, and the contexts that set and read them. */
export class Pass<T extends KubernetesObject> {
  readonly #reconcile: ReconcileContext<T>;
  readonly #type: "update" | "delete";
  readonly #cacheKey: string;
  readonly #values = new Map<unknown, unknown>();
  readonly #flags = new Set<Flag>();
  #repeatAfterMs: number | undefined;
  #hasEnded = false;

  constructor(reconcile: ReconcileContext<T>, type: "update" | "delete", cacheKey: string) {
    this.#reconcile = reconcile;
    this.#type = type;
    this.#cacheKey = cacheKey;
  }

  get isCancelled(): boolean {
    return this.#flags.has("reconciliation");
  }

  /** A deletion that is not to be the last: the finalizer stays. */
  get isUnfinished(): boolean {
    return this.isCancelled || this.#flags.has("finalizers") || this.#repeatAfterMs !== undefined;
  }

  get repeatAfterMs(): number | undefined {
    return this.#repeatAfterMs;
  }

  /** What is said from now on is said too late. */
  end(): void {
    this.#hasEnded = true;
  }

  /** A context for one resource, or without a name for what comes before the first; `end` it when the resource has returned. */
  contextFor(resource?: string): { readonly context: ResourceContext<T>; readonly end: () => void } {
    const flags = this.#flags;
    let isCancelled = false;
    let hasEnded = false;
    const set = (flag: Flag, what: string): void => {
      this.#mustRun(what);
      flags.add(flag);
    };
    const repeat = (afterMs: number): void => {
      this.#mustRun("repeat");
      if (!(afterMs >= 0)) throw new TypeError(`repeat: afterMs: ${afterMs} must be a number, 0 or more`);
      this.#repeatAfterMs = Math.min(afterMs, this.#repeatAfterMs ?? Number.POSITIVE_INFINITY);
    };
    const { log } = this.#reconcile;
    const context: ResourceContext<T> = {
      ...this.#reconcile,
      log: resource === undefined ? log : log.with({ resource }),
      pass: this.#type,
      cacheKey: this.#cacheKey,
      values: this.#values,
      cancelResource: () => {
        if (resource === undefined || hasEnded) throw new Error("cancelResource: no resource runs; call it before the resource returns");
        isCancelled = true;
      },
      get isResourceCancelled() {
        return isCancelled;
      },
      cancelReconciliation: () => set("reconciliation", "cancelReconciliation"),
      get isReconciliationCancelled() {
        return flags.has("reconciliation");
      },
      keepFinalizers: () => set("finalizers", "keepFinalizers"),
      get areFinalizersKept() {
        return flags.has("finalizers");
      },
      repeat: ({ afterMs }) => repeat(afterMs),
      allowUpdate: () => set("updateAllowed", "allowUpdate"),
      get isUpdateAllowed() {
        return flags.has("updateAllowed");
      },
      requireUpdate: () => set("updateRequired", "requireUpdate"),
      get isUpdateRequired() {
        return flags.has("updateRequired");
      },
      allowDeletion: () => set("deletionAllowed", "allowDeletion"),
      get isDeletionAllowed() {
        return flags.has("deletionAllowed");
      },
    };
    return { context, end: () => void (hasEnded = true) };
  }

  #mustRun(what: string): void {
    if (this.#hasEnded) throw new Error(`${what}: the pass over ${this.#reconcile.key} has ended; call it before the resource returns`);
  }
}
