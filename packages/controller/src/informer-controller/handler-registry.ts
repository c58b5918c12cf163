import { clashingFinalizer } from "@operatorkit/api";
import { ListMap } from "@operatorkit/listmap";
import type { HandlerRegistration } from "./handler-registration.ts";

/** The watchers and reconcilers of a controller, by kind. Watchers come first, then each in the order it was added. */
export class HandlerRegistry {
  readonly #byType = { watcher: new ListMap<HandlerRegistration>(), reconciler: new ListMap<HandlerRegistration>() };

  /**
   * @param controller for the error
   * @throws {TypeError} when another handler here keeps the same finalizer on the same objects.
   */
  add(added: HandlerRegistration, controller: string): void {
    const { kind, type, handler } = added;
    for (const other of this.all()) {
      // The same one under several labels is one owner.
      const clash = other.handler === handler ? undefined : clashingFinalizer(added.finalizerClaims(), other.finalizerClaims());
      if (clash !== undefined) {
        throw new TypeError(
          `add ${type} of ${kind} to ${controller}: a ${other.type} of ${other.kind} keeps the finalizer ${clash.finalizer} on ${clash.kind.kind} too, and would take it off; give one of them another`,
        );
      }
    }
    this.#byType[type].addItem(kind, added);
  }

  /** Takes out the first of a kind that is this handler. Returns what was taken out. */
  removeFirst(type: HandlerRegistration["type"], kind: string, handler: unknown): readonly HandlerRegistration[] {
    return this.#remove(type, kind, (one) => one.handler === handler, 1);
  }

  /** Takes out all of a kind, and returns them. */
  removeAll(type: HandlerRegistration["type"], kind: string): readonly HandlerRegistration[] {
    return this.#remove(type, kind, () => true, Number.POSITIVE_INFINITY);
  }

  of(kind: string): readonly HandlerRegistration[] {
    const handlers: HandlerRegistration[] = [];
    for (const map of Object.values(this.#byType)) map.range(kind, (_, handler) => handlers.push(handler));
    return handlers;
  }

  all(): readonly HandlerRegistration[] {
    const handlers: HandlerRegistration[] = [];
    for (const map of Object.values(this.#byType)) map.rangeAll((_kind, _index, handler) => handlers.push(handler));
    return handlers;
  }

  #remove(
    type: HandlerRegistration["type"],
    kind: string,
    matches: (handler: HandlerRegistration) => boolean,
    limit: number,
  ): readonly HandlerRegistration[] {
    const handlers = this.#byType[type];
    const removed: HandlerRegistration[] = [];
    handlers.removeItems(kind, (handler) => matches(handler) && removed.push(handler) > 0, limit);
    if (handlers.keySize(kind) === 0) handlers.removeKey(kind);
    return removed;
  }
}
