import type { Clock } from "@operatorkit/observe";
import { type JsonObject, stringAt } from "../json-object.ts";
import { StatusError } from "../status-error.ts";
import type { Collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { LogLines } from "./log-lines.ts";
import { containerOf } from "./pod-containers.ts";

/** A container of a pod that is there. */
export interface PodContainer {
  /** @default "default" */
  readonly namespace?: string;
  /** The pod's. */
  readonly name: string;
  /** @default the pod's only one */
  readonly container?: string;
}

/** The runs of one container that can be read. */
export interface ContainerLog {
  readonly current: LogLines;
  readonly previous: LogLines | undefined;
}

interface PodLog {
  readonly uid: string;
  readonly containers: Map<string, ContainerLog>;
}

/**
 * What the containers of this server's pods have logged. Nothing runs here, so tests write the lines; `GET …/pods/{name}/log` reads them. A log is
 * gone with its pod, and keeps the newest MiB of each run.
 */
export class PodLogs {
  readonly #pods: Collection;
  readonly #clock: Clock;
  readonly #logs = new Map<string, PodLog>();

  constructor(store: Store, clock: Clock) {
    this.#pods = store.collection("pods");
    this.#clock = clock;
    // For the server's life, as the store is.
    this.#pods.subscribe((change) => {
      if (change?.type === "DELETED") this.#logs.delete(keyOf(change.current.namespace, change.current.name));
    });
  }

  /**
   * Logs a text now; each of its lines is one, and those who follow get it at once.
   * @throws Error when there is no such pod or container
   */
  append(container: PodContainer, text: string): void {
    const { current } = this.#logOf(container);
    const timeMs = this.#clock.now();
    for (const line of text.replace(/\n$/, "").split("\n")) current.append({ timeMs, text: line });
  }

  /**
   * Begins a new run of a container: what was logged so far is the previous one's.
   * @throws Error when there is no such pod or container
   */
  restart(container: PodContainer): void {
    const log = this.#logOf(container);
    const { pod, name } = this.#found(container);
    log.current.close();
    this.#podLog(pod).containers.set(name, { current: new LogLines(), previous: log.current });
  }

  /** @internal What there is of a container of a pod; undefined before its first line. */
  of(pod: JsonObject, container: string): ContainerLog | undefined {
    const known = this.#logs.get(keyOf(stringAt(pod["metadata"], "namespace"), stringAt(pod["metadata"], "name")));
    return known?.uid === stringAt(pod["metadata"], "uid") ? known.containers.get(container) : undefined;
  }

  /** @internal As `of`, made where it is missing, so that it can be followed before its first line. */
  opened(pod: JsonObject, container: string): ContainerLog {
    const { containers } = this.#podLog(pod);
    const log = containers.get(container) ?? { current: new LogLines(), previous: undefined };
    containers.set(container, log);
    return log;
  }

  #logOf(container: PodContainer): ContainerLog {
    const { pod, name } = this.#found(container);
    return this.opened(pod, name);
  }

  #found({ namespace = "default", name, container = "" }: PodContainer): { readonly pod: JsonObject; readonly name: string } {
    const stored = this.#pods.get(namespace, name);
    if (stored === undefined) throw new Error(`log of pod ${namespace}/${name}: there is no such pod; create it first`);
    try {
      return { pod: stored.object, name: containerOf(stored.object, container) };
    } catch (error) {
      if (error instanceof StatusError) throw new Error(`log of pod ${namespace}/${name}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  #podLog(pod: JsonObject): PodLog {
    const key = keyOf(stringAt(pod["metadata"], "namespace"), stringAt(pod["metadata"], "name"));
    const uid = stringAt(pod["metadata"], "uid");
    const known = this.#logs.get(key);
    // Another uid: the server went back to an older state.
    const log = known?.uid === uid ? known : { uid, containers: new Map<string, ContainerLog>() };
    this.#logs.set(key, log);
    return log;
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
