import { ApiServer } from "@operatorkit/apiserver";
import { attachControllers } from "@operatorkit/devcluster";
import { ManualClock } from "@operatorkit/observe/testing";
import { connect, crdFor, ensureCustomResources, ensureNamespace, KubernetesClient } from "operatorkit";
import { MeteredTransport } from "./metered-transport.ts";
import { ProcessTransport, type Interference, type Requests } from "./process-transport.ts";
import type { Subject } from "./subject.ts";
import { Traffic } from "./traffic.ts";
import { OPERATOR_AGENT, type Connection, type World } from "./world.ts";

/** Turns of the event loop without a request, an answer or an event, after which nothing happens until time moves on. */
const CALM_TURNS = 12;
/** Turns at one point in time; whoever needs more is spinning. */
const MOST_TURNS = 10_000;

/** A server of its own in this process, in virtual time: a minute takes milliseconds, and nothing is ever waited for in vain. */
export class VirtualWorld implements World {
  readonly server: ApiServer;
  readonly admin: KubernetesClient;
  readonly namespace = "default";
  readonly clock: ManualClock;
  readonly #traffic: Traffic;
  readonly #stop = new AbortController();
  #controllers: Promise<void> = Promise.resolve();

  private constructor(server: ApiServer, clock: ManualClock) {
    this.server = server;
    this.clock = clock;
    this.#traffic = new Traffic();
    this.admin = this.#client("people");
  }

  static async start({ crds, needsControllers }: Pick<Subject, "crds" | "needsControllers">): Promise<VirtualWorld> {
    const clock = new ManualClock();
    const world = new VirtualWorld(await ApiServer.start({ inProcess: true, clock }), clock);
    const { admin } = world;
    await world.during(ensureNamespace(admin, world.namespace, { clock }));
    await world.install(crds);
    if (needsControllers) {
      const client = world.#client("devcluster");
      world.#controllers = attachControllers({ client, signal: world.#stop.signal, clock });
      world.#controllers.catch(() => {});
      await world.settle(1_000);
    }
    return world;
  }

  async install(crds: Subject["crds"]): Promise<void> {
    const { clock } = this;
    const manifests = crds.map((kind) => crdFor(kind));
    await this.during(ensureCustomResources(this.admin, manifests, { clock, signal: this.#stop.signal }));
  }

  connect(requests: Requests, interference: Interference): Promise<Connection> {
    const inner = new MeteredTransport({ inner: this.server.transport(), traffic: this.#traffic });
    const transport = new ProcessTransport({ inner, requests, interference });
    return connect({ transport, clock: this.clock, userAgent: OPERATOR_AGENT }).then((client) => ({ client, transport }));
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const over = (): void => void (isDone = true);
    work.then(over, over);
    const untilMs = this.clock.monotonicMs() + LONGEST_MS;
    for (;;) {
      await this.#calm(() => isDone);
      if (isDone) return await work;
      if (!(await this.clock.advanceToNext({ untilMs })))
        throw new Error(`waited ${LONGEST_MS / 60_000} minutes of virtual time for what people do`);
    }
  }

  async settle(ms: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + ms;
    for (;;) {
      await this.#calm(() => false);
      if (!(await this.clock.advanceToNext({ untilMs }))) break;
    }
    await this.clock.advance(untilMs - this.clock.monotonicMs());
  }

  leftovers(): readonly string[] {
    const { pendingTimers } = this.clock;
    const { inFlight } = this.#traffic;
    return [...(pendingTimers > 0 ? [`${pendingTimers} timers`] : []), ...(inFlight > 0 ? [`${inFlight} requests`] : [])];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the world ends"));
    await this.during(this.#controllers);
    await this.server.close();
  }

  #client(userAgent: string): KubernetesClient {
    const transport = new MeteredTransport({ inner: this.server.transport(), traffic: this.#traffic });
    return new KubernetesClient({ transport, clock: this.clock, userAgent });
  }

  async #calm(isEnough: () => boolean): Promise<void> {
    const traffic = this.#traffic;
    let calm = 0;
    for (let turn = 0; calm < CALM_TURNS; turn += 1) {
      if (turn > MOST_TURNS) throw new Error(`it spins: no rest after ${MOST_TURNS} turns at one point in time`);
      const before = traffic.activity;
      await new Promise((resolve) => setImmediate(resolve));
      if (isEnough()) return;
      calm = traffic.inFlight === 0 && traffic.activity === before ? calm + 1 : 0;
    }
  }
}

const LONGEST_MS = 600_000;
