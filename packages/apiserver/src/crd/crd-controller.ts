import type { Timer } from "@operatorkit/observe";
import { trackUpdate } from "@operatorkit/schema/merge";
import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { ServerContext } from "../server-context.ts";
import type { Change } from "../store/change-log.ts";
import type { Collection } from "../store/collection.ts";
import { hasCondition, withCondition } from "./crd-conditions.ts";
import { crdDescriptors } from "./crd-descriptors.ts";
import { type TakenNames, namedStatus } from "./crd-names.ts";
import { schemaStatus } from "./crd-schema-status.ts";
import { CRDS, FINALIZER } from "./crd-rules.ts";
import { deletionStep, timestamp } from "../rules/deletion.ts";
import { mergeOptions } from "../verbs/managed-fields.ts";

/**
 * Makes CRDs into served resources while the server runs: accepts their names, establishes them, registers their versions, and at the
 * end deletes their objects, waits for those that finalizers hold, and ends their watches. A change is served as soon as it is stored; statuses follow in
 * writes of their own, shortly after, as on the real server.
 */
export class CrdController {
  readonly #context: ServerContext;
  readonly #crds: Collection;
  readonly #unsubscribe: () => void;
  readonly #pending = new Set<string>();
  /** CRDs whose objects finalizers hold: how to stop looking after them. */
  readonly #waiting = new Map<string, () => void>();
  #timer: Timer | undefined;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#crds = context.store.collection(CRDS);
    this.#unsubscribe = this.#crds.subscribe((change) => this.#changed(change));
  }

  close(): void {
    this.#unsubscribe();
    for (const name of this.#waiting.keys()) this.#stopWaiting(name);
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Serves the CRDs there are now: the store went back to another state. */
  reload(): void {
    const { registry } = this.#context;
    const served = registry.list().filter(({ origin }) => origin === "custom");
    for (const name of new Set(served.map(({ storage }) => storage))) if (this.#crds.get("", name) === undefined) registry.set(name, []);
    for (const crd of this.#crds.objects()) {
      this.#register(crd);
      this.#workOn(stringAt(crd["metadata"], "name"));
    }
  }

  #changed(change: Change | undefined): void {
    if (change === undefined) return;
    const { name } = change.current;
    if (change.type === "DELETED") this.#forget(name);
    else this.#register(change.current.object);
    this.#workOn(name);
    // Names that were taken may be free now.
    if (change.type === "DELETED") for (const crd of this.#crds.objects()) this.#workOn(stringAt(crd["metadata"], "name"));
  }

  #workOn(name: string): void {
    this.#pending.add(name);
    this.#timer ??= this.#context.clock.setTimer(0, () => this.#work());
  }

  #work(): void {
    this.#timer = undefined;
    const names = [...this.#pending];
    this.#pending.clear();
    for (const name of names) {
      const stored = this.#crds.get("", name);
      if (stored === undefined) continue;
      if (objectAt(stored.object, "metadata")["deletionTimestamp"] === undefined) this.#name(stored.object, name);
      else this.#finalize(stored.object, name);
    }
  }

  #name(crd: JsonObject, name: string): void {
    const { clock, release } = this.#context;
    const named = namedStatus(crd, this.#namesBeside(crd), clock.now());
    const status = release.has("crdPruning") ? schemaStatus(crd, named, clock.now()) : named;
    if (sameJson(status as Json, objectAt(crd, "status") as Json)) return;
    this.#crds.put("", name, this.#tracked({ ...crd, status }, crd));
  }

  /** The server is a manager like others, of the status it writes. */
  #tracked(after: JsonObject, before: JsonObject): JsonObject {
    const { registry, clock, release } = this.#context;
    if (!release.has("apply")) return after;
    const descriptor = registry.ofStorage(CRDS)[0];
    if (descriptor === undefined) return after;
    const subresource = descriptor.subresources.find(({ name }) => name === "status");
    const writer = { manager: "kube-apiserver", subresource: "status" };
    return trackUpdate({ ...mergeOptions(registry, descriptor, subresource, writer, clock.now()), before, after });
  }

  #register(crd: JsonObject): void {
    const name = stringAt(crd["metadata"], "name");
    if (!hasCondition(objectAt(crd, "status"), "Established")) return;
    this.#context.store.collection(name);
    this.#context.registry.set(name, crdDescriptors(crd));
  }

  /**
   * The objects are deleted, one by one, so that every watcher sees them go; when none is left the finalizer goes, and with it the CRD.
   * Source: apiextensions-apiserver `pkg/controller/finalizer/crd_finalizer.go`, which looks every 5 s whether objects are left.
   */
  #finalize(crd: JsonObject, name: string): void {
    const metadata = objectAt(crd, "metadata");
    const finalizers = listAt(metadata, "finalizers");
    if (!finalizers.includes(FINALIZER)) return;
    const objects = this.#context.store.collection(name);
    for (const { namespace, name: objectName, object } of objects.page({ namespace: "" }).items) {
      const step = deletionStep(object, { policy: undefined, gracePeriodSeconds: undefined, nowMs: this.#context.clock.now() });
      if (step.type === "remove") objects.remove(namespace, objectName);
      else if (step.type === "mark" && step.object !== object) objects.put(namespace, objectName, step.object);
    }
    if (objects.size > 0) {
      this.#await(name);
      this.#tellProgress(crd, name);
      return;
    }
    this.#stopWaiting(name);
    const left = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    if (left.length === 0) this.#crds.remove("", name);
    else this.#crds.put("", name, { ...crd, metadata: { ...metadata, finalizers: left } });
  }

  /** Looks again when an object has gone. */
  #await(name: string): void {
    if (this.#waiting.has(name)) return;
    const objects = this.#context.store.collection(name);
    const unsubscribe = objects.subscribe((change) => {
      if (change?.type === "DELETED") this.#workOn(name);
    });
    this.#waiting.set(name, unsubscribe);
  }

  #stopWaiting(name: string): void {
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }

  #tellProgress(crd: JsonObject, name: string): void {
    const status = withCondition(objectAt(crd, "status"), {
      type: "Terminating",
      status: "True",
      lastTransitionTime: timestamp(this.#context.clock.now()),
      reason: "InstanceDeletionInProgress",
      message: "CustomResource deletion is in progress",
    });
    if (!sameJson(status as Json, objectAt(crd, "status") as Json)) this.#crds.put("", name, this.#tracked({ ...crd, status }, crd));
  }

  #forget(name: string): void {
    this.#stopWaiting(name);
    this.#context.registry.set(name, []);
    this.#context.store.drop(name);
  }

  /** What the other resources of the CRD's group are called. */
  #namesBeside(crd: JsonObject): TakenNames {
    const name = stringAt(crd["metadata"], "name");
    const group = stringAt(crd["spec"], "group");
    const resources = new Set<string>();
    const kinds = new Set<string>();
    for (const other of this.#crds.objects()) {
      if (stringAt(other["metadata"], "name") === name || stringAt(other["spec"], "group") !== group) continue;
      const accepted = objectAt(objectAt(other, "status"), "acceptedNames");
      for (const taken of [stringAt(accepted, "plural"), stringAt(accepted, "singular"), ...listAt(accepted, "shortNames").map(String)])
        resources.add(taken);
      for (const taken of [stringAt(accepted, "kind"), stringAt(accepted, "listKind")]) kinds.add(taken);
    }
    resources.delete("");
    kinds.delete("");
    return { resources, kinds };
  }
}
