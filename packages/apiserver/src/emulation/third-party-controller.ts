import type { Timer } from "@operatorkit/observe";
import { stringAt } from "../json-object.ts";
import type { ServerContext } from "../server-context.ts";
import type { Collection } from "../store/collection.ts";
import { THIRD_PARTY_RESOURCES, thirdPartyDescriptors } from "./third-party-descriptors.ts";

/** How often a server before 1.8 looks for ThirdPartyResources. Source: kubernetes 1.6 `registry/extensions/rest/storage_extensions.go`. */
const SYNC_MS = 10_000;

/**
 * Makes ThirdPartyResources into served resources, and takes those away that are gone, with their objects. It looks every ten
 * seconds after the start and nothing tells that it has looked: a client can only ask for the objects until there is no 404.
 */
export class ThirdPartyController {
  readonly #context: ServerContext;
  readonly #resources: Collection;
  readonly #unsubscribe: () => void;
  readonly #startedMs: number;
  /** The storages of what is served, by the ThirdPartyResource's name. */
  readonly #served = new Map<string, readonly string[]>();
  #timer: Timer | undefined;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#resources = context.store.collection(THIRD_PARTY_RESOURCES);
    this.#startedMs = context.clock.monotonicMs();
    this.#unsubscribe = this.#resources.subscribe(() => this.#wake());
  }

  close(): void {
    this.#unsubscribe();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Serves what there is now: a server that starts looks at once. */
  reload(): void {
    this.#sync();
  }

  #wake(): void {
    const { clock } = this.#context;
    const sinceStart = clock.monotonicMs() - this.#startedMs;
    this.#timer ??= clock.setTimer(SYNC_MS - (sinceStart % SYNC_MS), () => this.#sync());
  }

  #sync(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { registry, store } = this.#context;
    const names = new Set<string>();
    for (const resource of this.#resources.objects()) {
      const name = stringAt(resource["metadata"], "name");
      names.add(name);
      // What is served once stays as it is: a changed list of versions is not looked at.
      if (this.#served.has(name)) continue;
      const descriptors = thirdPartyDescriptors(resource);
      registry.set(ownerOf(name), descriptors);
      this.#served.set(
        name,
        descriptors.map(({ storage }) => storage),
      );
    }
    for (const [name, storages] of this.#served) {
      if (names.has(name)) continue;
      this.#served.delete(name);
      for (const storage of storages) {
        const objects = store.collection(storage);
        for (const { namespace, name: objectName } of objects.page({ namespace: "" }).items) objects.remove(namespace, objectName);
      }
      registry.set(ownerOf(name), []);
      for (const storage of storages) store.drop(storage);
    }
  }
}

function ownerOf(name: string): string {
  return `thirdpartyresource/${name}`;
}
