import { isApiError, isConflict, isNotFound, type Client } from "@operatorkit/api";
import { keyOf, sameJson, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";
import { desiredStatus, sameStatus, statusOf, type Status, type StatusIntent } from "./desired-status.ts";

/**
 * Writes statuses by server-side apply, only when they differ. The field manager is the controller's: the API server keeps
 * what was applied to the status apart from what the same manager applied to the rest.
 */
export class StatusWriter<T extends KubernetesObject> {
  readonly #kind: Kind<T>;
  readonly #clock: Clock;
  readonly #observesGeneration: boolean;
  /**
   * Of the objects whose status does not read as it was applied (others write to it too, or the server fills in or cuts off):
   * what was applied and what came of it. While neither changes there is nothing to write.
   */
  readonly #applied = new Map<ObjectKey, { readonly uid: string | undefined; readonly desired: Status; readonly became: Status }>();

  constructor({ kind, clock }: { readonly kind: Kind<T>; readonly clock: Clock }) {
    this.#kind = kind;
    this.#clock = clock;
    this.#observesGeneration = (kind as { definition?: { conditions?: boolean } }).definition?.conditions === true;
  }

  /** Makes the object's status say `intent`. Returns the object as it is then; `undefined` when it is gone. */
  async write(object: T, intent: StatusIntent, api: Client): Promise<T | undefined> {
    const desired = desiredStatus(object, intent, { observesGeneration: this.#observesGeneration, nowMs: this.#clock.now() });
    if (desired === undefined || this.#isWritten(object, desired)) return object;
    const written = await this.#apply(object, desired, api);
    const key = keyOf(object);
    if (written === undefined || sameStatus(desired, statusOf(written))) this.#applied.delete(key);
    else this.#applied.set(key, { uid: object.metadata.uid, desired, became: statusOf(written) });
    return written;
  }

  forget(key: ObjectKey): void {
    this.#applied.delete(key);
  }

  #isWritten(object: T, desired: Status): boolean {
    if (sameStatus(desired, statusOf(object))) return true;
    const applied = this.#applied.get(keyOf(object));
    return (
      applied !== undefined &&
      applied.uid === object.metadata.uid &&
      sameJson(applied.desired, desired) &&
      sameJson(applied.became, statusOf(object))
    );
  }

  async #apply(object: T, desired: Status, api: Client): Promise<T | undefined> {
    const { name, namespace, uid } = object.metadata;
    const intent = {
      apiVersion: this.#kind.apiVersion,
      kind: this.#kind.kind,
      // With the uid, an object re-created under this name is not given the status of the one before.
      metadata: { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) },
      status: desired,
    };
    try {
      // What is applied is part of a T, and so has no type of its own; the answer is a whole T.
      return await api.apply(intent as unknown as T, { subresource: "status" });
    } catch (error) {
      if (isNotFound(error) && !hasNoSuchSubresource(error)) return undefined;
      if (isConflict(error) && uid !== undefined && (await isReplaced(object, this.#kind, api))) return undefined;
      if (hasNoSuchSubresource(error)) {
        throw new Error(
          `write the status of ${this.#kind.kind} ${keyOf(object)}: the kind has no status subresource; give it one, or return no status and conditions`,
          { cause: error },
        );
      }
      throw error;
    }
  }
}

/** A missing object is named in the answer; a missing path is not. */
function hasNoSuchSubresource(error: unknown): boolean {
  return isApiError(error) && error.code === "NotFound" && error.response !== undefined && error.response.details?.name === undefined;
}

async function isReplaced<T extends KubernetesObject>(object: T, kind: Kind<T>, api: Client): Promise<boolean> {
  const { name, namespace, uid } = object.metadata;
  try {
    const live = await api.get(kind, { name, ...(namespace !== undefined && { namespace }) });
    return live.metadata.uid !== uid;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}
