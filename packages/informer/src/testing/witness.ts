import { compareResourceVersions, keyOf, type KubernetesObject } from "@operatorkit/object";
import type { AddContext, DeleteContext, EventHandler } from "../event-handler.ts";

/**
 * A handler that checks, at every call, what handlers are promised: an object is added before anything else, versions of one uid
 * only go up, a deletion is told once, and never one uid's change as another's. What it was told adds up to `view`.
 */
export class Witness<T extends KubernetesObject> implements EventHandler<T> {
  /** `add default/a@101`, as they came. */
  readonly log: string[] = [];
  readonly view: Map<string, { uid: string; version: string }> = new Map();
  readonly violations: string[] = [];
  /** Versions of one uid may go down: the server was restored to an older state. */
  mayGoBack = false;
  readonly #deleted = new Set<string>();

  add(object: T, { initial }: AddContext): void {
    const { key, uid, version } = idOf(object);
    this.log.push(`add ${key}@${version}${initial ? " initial" : ""}`);
    if (this.view.has(key)) this.#violate(`add of ${key}, which is there`);
    if (this.#deleted.has(uid) && !this.mayGoBack) this.#violate(`add of ${key} (${uid}), which was deleted`);
    this.view.set(key, { uid, version });
  }

  update(old: T, object: T): void {
    const { key, uid, version } = idOf(object);
    const before = idOf(old);
    this.log.push(`update ${key}@${before.version}→${version}`);
    const known = this.view.get(key);
    if (known === undefined) this.#violate(`update of ${key}, which is not there`);
    else if (known.uid !== uid) this.#violate(`update of ${key} from ${known.uid} to ${uid}`);
    else if (known.version !== before.version) this.#violate(`update of ${key} from ${before.version}, but ${known.version} was told`);
    else if ((compareResourceVersions(version, known.version) ?? 0) <= 0 && !this.mayGoBack) {
      this.#violate(`update of ${key} from ${known.version} to ${version}`);
    }
    if (old === object) this.#violate(`update of ${key} without a change`);
    this.view.set(key, { uid, version });
  }

  delete(object: T, { finalStateUnknown }: DeleteContext): void {
    const { key, uid, version } = idOf(object);
    this.log.push(`delete ${key}@${version}${finalStateUnknown ? " unseen" : ""}`);
    const known = this.view.get(key);
    if (known?.uid !== uid) this.#violate(`delete of ${key} (${uid}), but ${known?.uid} is there`);
    this.view.delete(key);
    this.#deleted.add(uid);
  }

  #violate(what: string): void {
    this.violations.push(what);
  }
}

function idOf({ metadata }: KubernetesObject): { key: string; uid: string; version: string } {
  return { key: keyOf(metadata), uid: metadata.uid ?? "", version: metadata.resourceVersion ?? "" };
}
