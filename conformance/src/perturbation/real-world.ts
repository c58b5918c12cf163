import { attachControllers } from "@operatorkit/devcluster";
import { SocketTransport, type TlsSettings } from "@operatorkit/client";
import {
  connect,
  crdFor,
  ensureCustomResources,
  ensureNamespace,
  ignoreNotFound,
  KubernetesClient,
  sleep,
  systemClock,
  type Clock,
  type Transport,
} from "operatorkit";
import { namespacesGone } from "../namespaces-gone.ts";
import type { Target } from "../target.ts";
import { MeteredTransport } from "./metered-transport.ts";
import { ProcessTransport, type Interference, type Requests } from "./process-transport.ts";
import type { Subject } from "./subject.ts";
import { Traffic } from "./traffic.ts";
import { OPERATOR_AGENT, type Connection, type World } from "./world.ts";

/** Without a request, an answer or an event for so long, nothing is going to happen. */
const QUIET_MS = 300;
/** A world that never comes to rest is broken. */
const LONGEST_MS = 30_000;
const LOOK_EVERY_MS = 20;

export interface RealWorldOptions {
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** Each world has a namespace of its own. */
let started = 0;

/** A namespace of a server that runs elsewhere, in real time: a wait ends when nothing has happened for a while, however long it could have been. */
export class RealWorld implements World {
  readonly server = undefined;
  readonly clock: Clock = systemClock;
  readonly admin: KubernetesClient;
  readonly namespace: string;
  readonly #subject: Subject;
  readonly #traffic = new Traffic();
  readonly #socket: Transport;
  readonly #token: string;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  #controllers: Promise<void> = Promise.resolve();

  private constructor(subject: Subject, { target, namespace, signal }: RealWorldOptions & { readonly namespace: string }) {
    const { url, caPem, token } = target;
    this.#subject = subject;
    this.#token = token;
    this.#signal = signal;
    this.namespace = namespace;
    const tls = async (): Promise<TlsSettings> => ({ rejectUnauthorized: true, ...(caPem !== undefined && { ca: caPem }) });
    this.#socket = new SocketTransport({ server: new URL(url), tls });
    this.admin = new KubernetesClient({ transport: this.#metered(), userAgent: "people" });
  }

  static async start(subject: Subject, options: RealWorldOptions): Promise<RealWorld> {
    const world = new RealWorld(subject, { ...options, namespace: `perturbed-${(started += 1)}` });
    const { admin, namespace } = world;
    const signal = AbortSignal.any([options.signal, world.#stop.signal]);
    const manifests = subject.crds.map((kind) => crdFor(kind));
    await ensureCustomResources(admin, manifests, { signal });
    await ensureNamespace(admin, namespace, { signal });
    if (subject.needsControllers) {
      const client = new KubernetesClient({ transport: world.#metered(), userAgent: "devcluster" });
      world.#controllers = attachControllers({ client, signal: world.#stop.signal, podReadyDelayMs: 20 });
      world.#controllers.catch(() => {});
      await namespacesGone(admin, { signal });
    }
    await world.settle();
    return world;
  }

  async connect(requests: Requests, interference: Interference): Promise<Connection> {
    const transport = new ProcessTransport({ inner: this.#metered(), requests, interference });
    return { client: await connect({ transport, userAgent: OPERATOR_AGENT }), transport };
  }

  during<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  async settle(_ms?: number, quietMs: number = QUIET_MS): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    const traffic = this.#traffic;
    let quietSince = performance.now();
    let activity = traffic.activity;
    while (performance.now() - quietSince < quietMs) {
      await sleep(LOOK_EVERY_MS, { signal: this.#signal });
      if (traffic.activity === activity && traffic.inFlight === 0) continue;
      activity = traffic.activity;
      quietSince = performance.now();
      if (quietSince <= deadline) continue;
      const { inFlight, last } = traffic;
      throw new Error(`no rest within ${LONGEST_MS / 1000} s, ${inFlight} requests under way; the last ones:\n${last.join("\n")}`);
    }
  }

  leftovers(): readonly string[] {
    return [];
  }

  /** What the story left behind goes, so that the next one begins with nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const { admin, namespace } = this;
      for (const kind of this.#subject.kinds) {
        const all = (await ignoreNotFound(admin.list(kind, { namespace }).toArray())) ?? [];
        for (const { metadata } of all) {
          if (metadata.name === "kube-root-ca.crt") continue;
          await ignoreNotFound(admin.delete(kind, metadata, { gracePeriodSeconds: 0 }));
          if ((metadata.finalizers ?? []).length > 0)
            await ignoreNotFound(admin.patch(kind, metadata, { type: "merge", body: { metadata: { finalizers: null } } }));
        }
      }
    } finally {
      this.#stop.abort(new Error("the world ends"));
      await this.#controllers;
      await this.#socket.close();
    }
  }

  #metered(): MeteredTransport {
    return new MeteredTransport({ inner: this.#socket, traffic: this.#traffic, headers: { authorization: `Bearer ${this.#token}` } });
  }
}
