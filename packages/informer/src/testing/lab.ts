import { compareResourceVersions } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { Informer } from "../informer.ts";
import type { InformerOptions } from "../informer-options.ts";
import { FakeServer, type Widget } from "./fake-server.ts";
import { Witness } from "./witness.ts";

/** A server, an informer on it and a witness, in virtual time. `await using` stops them and checks the invariants. */
export class Lab implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly server: FakeServer;
  readonly informer: Informer<Widget>;
  readonly witness: Witness<Widget> = new Witness();
  readonly errors: unknown[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: Partial<InformerOptions<Widget>> = {}) {
    this.server = new FakeServer({ clock: this.clock });
    this.informer = new Informer<Widget>({
      listWatch: this.server,
      clock: this.clock,
      random: seeded(1),
      onError: (error) => this.errors.push(error),
      ...options,
    });
    this.informer.addEventHandler(this.witness);
    let last = "0";
    this.informer.onKeys((key) => {
      const version = this.informer.lister.version ?? "0";
      if ((compareResourceVersions(version, last) ?? 0) < 0 && !this.witness.mayGoBack) {
        this.witness.violations.push(`the copy went from version ${last} to ${version} at ${key}`);
      }
      last = version;
    });
  }

  /** Starts the informer and lets it come to rest. */
  async start(): Promise<void> {
    this.#running = this.informer.run({ signal: this.#stop.signal });
    await this.settle();
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets promise chains run out; time stands still. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** What differs between the copy, what the witness was told, and the server. */
  differences(): string[] {
    const found: string[] = [...this.witness.violations];
    const there = new Map([...this.server.objects].map(([key, { metadata }]) => [key, `${metadata.uid}@${metadata.resourceVersion}`]));
    const here = new Map(
      this.informer.lister
        .list()
        .map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, `${metadata.uid}@${metadata.resourceVersion}`]),
    );
    const told = new Map([...this.witness.view].map(([key, { uid, version }]) => [key, `${uid}@${version}`]));
    for (const key of new Set([...there.keys(), ...here.keys(), ...told.keys()])) {
      const [server, copy, handler] = [there.get(key), here.get(key), told.get(key)];
      if (server !== copy || server !== handler) found.push(`${key}: server ${server}, copy ${copy}, handler ${handler}`);
    }
    return found;
  }

  /** Stops, and returns what was left behind. */
  async stop(): Promise<string[]> {
    this.#stop.abort();
    await this.settle();
    await this.#running;
    const left: string[] = [];
    if (this.server.openStreams > 0) left.push(`${this.server.openStreams} open watches`);
    if (this.clock.pendingTimers > 0) left.push(`${this.clock.pendingTimers} timers`);
    return left.map((what) => `left behind: ${what}`);
  }

  /** Ends the plan, and returns what of the invariants does not hold: copy, handler and server agree; nothing spun; nothing is left. */
  async conclude(): Promise<string[]> {
    const problems = this.differences();
    if (this.informer.isSynced && this.informer.isStale) problems.push("the copy is stale");
    const busiest = this.server.busiest(10_000);
    if (busiest > 20) problems.push(`${busiest} requests in 10 s`);
    problems.push(...(await this.#verify()));
    return [...problems, ...(await this.stop())];
  }

  /** What the informer finds wrong with itself, once nothing is wrong with the server. */
  async #verify(): Promise<string[]> {
    if (!this.informer.isSynced) return [];
    this.server.heal();
    const progress = { isOver: false };
    const verifying = this.informer.verify({ signal: this.#stop.signal }).finally(() => (progress.isOver = true));
    for (let step = 0; step < 100 && !progress.isOver; step += 1) await this.advance(10_000);
    if (!progress.isOver) return ["verify did not end within 1,000 s"];
    return (await verifying).map(({ key, type }) => `verify: ${key} is ${type}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const problems = await this.conclude();
    if (problems.length > 0) throw new Error(problems.join("; "));
  }
}

/** A lab that runs, with two objects: a, labelled, in the default namespace, and b in another; both on node n1. */
export async function startedLab(options: Partial<InformerOptions<Widget>> = {}): Promise<Lab> {
  const lab = new Lab(options);
  lab.server.create("a", { labels: { app: "web" }, node: "n1" });
  lab.server.create("b", { namespace: "other", node: "n1" });
  await lab.start();
  return lab;
}

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
