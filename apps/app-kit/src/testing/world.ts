import { ensureNamespace, isNotFound, plainLogger, sleep, type Client, type Kind, type KubernetesObject } from "operatorkit";
import { Namespace } from "operatorkit/kinds";
import type { AppContext } from "../app.ts";
import { VerifiedCopies } from "./verified-copies.ts";

/** What a check runs against: a cluster with the app's CRDs installed, and controllers for what it makes. */
export interface CheckCluster {
  /** A person with all rights. */
  readonly admin: Client;
  /** The credentials of the operator with this name: those of its ServiceAccount. */
  readonly clientOf: (operator: string) => Client;
  readonly signal: AbortSignal;
  /** Aborted when there is no use in waiting any longer for what the check waits for. */
  readonly giveUp?: AbortSignal;
}

/** A behaviour of an app; the name is a sentence about it. */
export interface AppCheck {
  readonly name: string;
  /** Rejects with what is not as it should be. */
  readonly run: (world: World) => Promise<void>;
}

/** An operator that runs beside a check. */
export interface RunningOperator {
  /** Rejects with what broke it. Stopping twice does nothing. */
  readonly stop: () => Promise<void>;
}

const DEADLINE_MS = 15_000;
const LOOK_EVERY_MS = 25;
const COMPLAINTS_KEPT = 20;

/** A namespace of its own, and the verbs that checks are written in. */
export class World {
  readonly admin: Client;
  readonly namespace: string;
  /** Aborted when the check shall not go on. */
  readonly signal: AbortSignal;
  /** What the operators have printed. */
  readonly lines: string[] = [];
  /** The last warnings and errors the operators have logged. */
  readonly #complaints: string[] = [];
  readonly #cluster: CheckCluster;
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(cluster: CheckCluster, namespace: string) {
    this.#cluster = cluster;
    this.admin = cluster.admin.with({ signal: cluster.signal, fieldManager: "checks" });
    this.namespace = namespace;
    this.signal = AbortSignal.any([cluster.signal, ...(cluster.giveUp === undefined ? [] : [cluster.giveUp])]);
  }

  /** Runs a check in a namespace of its own, with informers beside it that must be right at its end, and puts everything away after it: operators stop, then what is of `kinds` is deleted. */
  static async run(check: AppCheck, cluster: CheckCluster, namespace: string, kinds: readonly Kind[]): Promise<void> {
    const world = new World(cluster, namespace);
    await ensureNamespace(world.admin, namespace, { signal: cluster.signal });
    const copies = new VerifiedCopies({ client: cluster.admin, namespace, kinds });
    try {
      await check.run(world);
      await copies.verify();
    } finally {
      await copies.stop();
      for (const stop of world.#stops) await stop();
      for (const kind of kinds) await world.#deleteAll(kind);
      await world.admin.delete(Namespace, { name: namespace });
    }
  }

  /** Runs an operator beside the check, with its own credentials. */
  start(operator: string, run: (context: AppContext) => Promise<void>): RunningOperator {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#cluster.signal]);
    const running = run({
      client: this.#cluster.clientOf(operator).with({ signal, fieldManager: operator }),
      signal,
      logger: plainLogger({
        level: "warn",
        write: (line) => {
          this.#complaints.push(line);
          if (this.#complaints.length > COMPLAINTS_KEPT) this.#complaints.shift();
        },
      }),
      print: (line) => this.lines.push(line),
      isEmbedded: false,
      kubeconfig: "the check's",
    });
    running.catch(() => {});
    const stop = async (): Promise<void> => {
      controller.abort();
      await running;
    };
    this.#stops.push(stop);
    return { stop };
  }

  ref(name: string): { readonly name: string; readonly namespace: string } {
    return { namespace: this.namespace, name };
  }

  async exists<T extends KubernetesObject>(kind: Kind<T>, name: string): Promise<boolean> {
    try {
      await this.admin.get(kind, this.ref(name));
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; !(await isSo()); waitedMs += LOOK_EVERY_MS) {
      if (waitedMs > DEADLINE_MS) {
        const [printed, logged] = [JSON.stringify(this.lines), this.#complaints.join("")];
        throw new Error(`waited ${DEADLINE_MS / 1000} s for ${what}; printed until then: ${printed}; logged at last:\n${logged}`);
      }
      await sleep(LOOK_EVERY_MS, { signal: this.signal });
    }
  }

  /** Waits until the app has printed this line. */
  async printed(line: string): Promise<void> {
    await this.until(`the line ${JSON.stringify(line)}`, () => this.lines.includes(line));
  }

  /** Long enough for anything that is going to happen to have happened. */
  async quiet(): Promise<void> {
    await sleep(500, { signal: this.signal });
  }

  /** Without waiting for operators, which have stopped: finalizers are taken off. */
  async #deleteAll(kind: Kind): Promise<void> {
    const { namespace } = this;
    await this.admin.deleteCollection(kind, { namespace });
    for await (const { metadata } of this.admin.list(kind, { namespace })) {
      if (metadata.finalizers === undefined) continue;
      await this.admin.patch(kind, this.ref(metadata.name), { type: "merge", body: { metadata: { finalizers: null } } });
    }
  }
}

export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}
