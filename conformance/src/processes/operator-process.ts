import { Journal } from "../fault-scenarios/journal.ts";
import type { FromOperator, Look, OperatorSettings } from "./messages.ts";
import { Program } from "./program.ts";

/** An operator in a process of its own, with what its handlers were told. */
export class OperatorProcess implements AsyncDisposable {
  readonly journal: Journal = new Journal({ tellsOnce: true });
  readonly #program: Program;
  readonly #synced = Promise.withResolvers<void>();
  #looked = Promise.withResolvers<Look>();

  private constructor(settings: OperatorSettings) {
    this.#program = new Program("operator-program.ts", settings);
    this.#program.onMessage((message) => this.#take(message as FromOperator));
  }

  /** Resolves when it has synced. */
  static async start(settings: OperatorSettings, signal: AbortSignal): Promise<OperatorProcess> {
    const operator = new OperatorProcess(settings);
    try {
      await Promise.race([operator.#synced.promise, aborted(signal)]);
    } catch (error) {
      await operator[Symbol.asyncDispose]();
      throw error;
    }
    return operator;
  }

  /** SIGSTOP: not one instruction is run until `resume`. */
  freeze(): void {
    process.kill(this.#program.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.#program.pid, "SIGCONT");
  }

  /** Its event loop stands still, as in a long computation. */
  block(ms: number): void {
    this.#program.send({ type: "block", ms });
  }

  setTimers(dueMs: readonly number[]): void {
    this.#program.send({ type: "set timers", dueMs });
  }

  async look(): Promise<Look> {
    this.#looked = Promise.withResolvers<Look>();
    this.#program.send({ type: "look" });
    return await this.#looked.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  #take(message: FromOperator): void {
    if (message.type === "synced") this.#synced.resolve();
    else if (message.type === "looked") this.#looked.resolve(message.look);
    else this.journal[message.type](message.object);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
