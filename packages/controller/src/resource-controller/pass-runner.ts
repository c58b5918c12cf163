import { keyOf, matchesLabels, type KubernetesObject, type LabelRequirements } from "@operatorkit/object";
import { noTracer, silentLogger, systemClock, type Clock, type Logger, type Metrics, type Tracer } from "@operatorkit/observe";
import type { ReconcileContext } from "../reconcile-context.ts";
import type { CleanupResult, ReconcileResult } from "../reconcile-result.ts";
import type { Claim } from "../turn-plan.ts";
import { describedIn } from "./described-error.ts";
import { DoneDeletions } from "./done-deletions.ts";
import { giantswarmMetrics, type GiantswarmMetrics } from "./giantswarm-metrics.ts";
import { Pass } from "./pass.ts";
import { isPaused, type PauseAnnotations } from "./pause.ts";
import type { Resource } from "./resource.ts";
import { routeObject, type ResourceSet } from "./resource-set.ts";
import { basicResources, runResources } from "./run-resources.ts";

export interface PassRunnerOptions<T extends KubernetesObject> {
  readonly name: string;
  readonly sets: readonly ResourceSet<T>[];
  readonly pausing: PauseAnnotations;
  /** Objects that do not match are not the controller's. */
  readonly deselection: { readonly selector: LabelRequirements; readonly policy: "release" | "cleanup" } | undefined;
  /** How long a deletion that is done is remembered. */
  readonly rememberMs: number;
}

interface PassRunnerBeginning {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer: Tracer;
  readonly metrics: Metrics | undefined;
}

interface RoutableSet<T extends KubernetesObject> {
  readonly name: string;
  readonly handles: (object: T) => boolean;
  readonly init: ResourceSet<T>["init"];
  readonly resources: readonly Resource<T>[];
}

/** What a controller of resources does with an object at its turn: is it ours, which set, and the pass over the set's resources. */
export class PassRunner<T extends KubernetesObject> {
  readonly #options: PassRunnerOptions<T>;
  readonly #sets: readonly RoutableSet<T>[];
  #clock: Clock = systemClock;
  #logger: Logger = silentLogger;
  #tracer: Tracer = noTracer;
  #metrics: GiantswarmMetrics;
  #done: DoneDeletions | undefined;
  #passes = 0;

  constructor(options: PassRunnerOptions<T>) {
    this.#options = options;
    this.#sets = options.sets.map((set, i) => ({
      name: set.name ?? `resourceSets[${i}]`,
      handles: (object) => set.handles?.(object) ?? true,
      init: set.init?.bind(set),
      resources: basicResources(set.resources),
    }));
    this.#metrics = giantswarmMetrics({ metrics: undefined, name: options.name, clock: systemClock });
  }

  get metrics(): GiantswarmMetrics {
    return this.#metrics;
  }

  /** A run begins. Deletions done are remembered from one run to the next. @param metrics where the old names are wanted */
  begin({ clock, logger, tracer, metrics }: PassRunnerBeginning): void {
    const { name, rememberMs } = this.#options;
    this.#clock = clock;
    this.#tracer = tracer;
    this.#logger = logger.with({ controller: name });
    this.#metrics = giantswarmMetrics({ metrics, name, clock });
    this.#done ??= new DoneDeletions({ ttlMs: rememberMs, clock });
  }

  /** Whether the object is to be looked after now: it is selected, not paused, and one set handles it. */
  claim(object: T): Claim {
    const { pausing, deselection } = this.#options;
    const key = keyOf(object);
    if (isPaused(object, pausing)) {
      this.#logger.debug("left alone: the object is paused", { object: key });
      this.#metrics.reconciled();
      return false;
    }
    if (deselection !== undefined && !matchesLabels(deselection.selector, object.metadata.labels)) {
      if (deselection.policy === "release") return "release";
      if (object.metadata.deletionTimestamp === undefined) return false;
    }
    if (routeObject(this.#sets, object) !== undefined) return true;
    this.#logger.debug("left alone: no resource set handles the object", { object: key });
    this.#metrics.reconciled();
    return false;
  }

  async reconcile(context: ReconcileContext<T>): Promise<ReconcileResult<T>> {
    const pass = await this.#run(context, "update");
    const { repeatAfterMs } = pass;
    return repeatAfterMs === undefined ? {} : { requeueAfterMs: repeatAfterMs };
  }

  async cleanup(context: ReconcileContext<T>): Promise<CleanupResult> {
    const { uid } = context.object.metadata;
    // All is done but for the finalizer, which could not be removed, or which the copy still shows.
    if (uid !== undefined && this.#done?.has(uid) === true) {
      this.#done.add(uid);
      return {};
    }
    const { isUnfinished, repeatAfterMs } = await this.#run(context, "delete");
    if (isUnfinished) return { keepFinalizer: true, ...(repeatAfterMs !== undefined && { requeueAfterMs: repeatAfterMs }) };
    if (uid !== undefined) this.#done?.add(uid);
    return {};
  }

  async #run(given: ReconcileContext<T>, type: "update" | "delete"): Promise<Pass<T>> {
    const loop = this.#passes;
    this.#passes += 1;
    const startMs = this.#clock.monotonicMs();
    const { resourceVersion: version } = given.object.metadata;
    const context: ReconcileContext<T> = { ...given, log: given.log.with({ loop, event: type, version }) };
    const pass = new Pass(context, type, `${this.#options.name}-${loop}`);
    try {
      const set = routeObject(this.#sets, context.object);
      // The claim was made for this very object. To go on would take the finalizer off without a cleanup.
      if (set === undefined) throw new Error("no resource set handles the object any more; handles must depend on the object alone");
      await set.init?.(pass.contextFor().context);
      await runResources(set.resources, pass, type === "update" ? "ensureCreated" : "ensureDeleted", this.#tracer);
    } catch (error) {
      const described = describedIn(error);
      if (described !== undefined && described.kind !== "" && described.description !== "")
        context.event("Warning", described.kind, described.description);
      throw error;
    } finally {
      pass.end();
    }
    this.#metrics.passed(type, this.#clock.monotonicMs() - startMs);
    this.#metrics.reconciled();
    return pass;
  }
}
