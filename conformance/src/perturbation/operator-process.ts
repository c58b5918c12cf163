import { silentLogger } from "operatorkit";
import { Requests, type Interference } from "./process-transport.ts";
import type { Subject } from "./subject.ts";
import type { Connection, World } from "./world.ts";

const UNWIND_TURNS = 100;

interface Life {
  readonly connection: Connection;
  readonly stop: AbortController;
  readonly lines: string[];
  readonly ended: Promise<void>;
}

/** An operator's process, that can be killed, stopped and started again: each life begins without memory. */
export class OperatorProcess {
  readonly requests = new Requests();
  /** What was not as it should be. */
  readonly problems: string[] = [];
  starts = 0;
  readonly #subject: Subject;
  readonly #world: World;
  readonly #interference: Interference;
  readonly #ended: Promise<void>[] = [];
  #life: Life | undefined;
  /** Starting or stopping, one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor({ subject, world, interference }: { subject: Subject; world: World; interference: Interference }) {
    this.#subject = subject;
    this.#world = world;
    this.#interference = interference;
  }

  /** What the last process printed. */
  get lines(): readonly string[] {
    return this.#life?.lines ?? [];
  }

  start(): Promise<void> {
    return (this.#work = this.#work.then(() => this.#start()));
  }

  /** Nothing it sends or is sent arrives any more; another process starts, which takes longer than what was on its way before. */
  crash(): void {
    const killed = this.#life;
    this.kill();
    this.#work = this.#work.then(async () => {
      while ((killed?.connection.transport.writing ?? 0) > 0) await new Promise((resolve) => setImmediate(resolve));
    });
    void this.start();
  }

  /** Breaks off the watches that are open. */
  cut(): void {
    this.#life?.connection.transport.cut();
  }

  kill(): void {
    this.#life?.connection.transport.kill();
    this.#life?.stop.abort(new Error("killed"));
  }

  /** Asks it to stop, and checks that it does, and that it leaves nothing behind. */
  stop(): Promise<void> {
    return (this.#work = this.#work.then(() => this.#stop()));
  }

  restart(): void {
    void this.stop();
    void this.start();
  }

  /** Resolves when what was asked for is done, and every process that was killed has ended. */
  async idle(): Promise<void> {
    await this.#work;
    await Promise.all(this.#ended);
  }

  async #start(): Promise<void> {
    const connection = await this.#world.connect(this.requests, this.#interference);
    const stop = new AbortController();
    const lines: string[] = [];
    this.starts += 1;
    const { signal } = stop;
    const running = this.#subject.start({
      client: connection.client.with({ fieldManager: "operator" }),
      namespace: this.#world.namespace,
      signal,
      clock: this.#world.clock,
      logger: silentLogger,
      print: (line) => lines.push(line),
    });
    const ended = running.then(
      () => {
        if (!signal.aborted) this.problems.push("the operator ended by itself");
      },
      (error: unknown) => {
        // A process that was killed may say so.
        if (!isKilled(signal)) this.problems.push(`the operator failed: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    this.#life = { connection, stop, lines, ended };
    this.#ended.push(ended);
  }

  async #stop(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    life.stop.abort(new Error("asked to stop"));
    await life.ended;
    const { transport } = life.connection;
    // What was broken off takes some turns of the event loop to unwind.
    for (let turn = 0; turn < UNWIND_TURNS && transport.open > 0; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const { open } = transport;
    if (open > 0) this.problems.push(`${open} requests were open after the operator had stopped`);
  }
}

function isKilled(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof Error && signal.reason.message === "killed";
}
