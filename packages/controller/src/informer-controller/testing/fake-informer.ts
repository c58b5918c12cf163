import type { EventHandler } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import type { EventSource } from "../event-source.ts";

/** An informer that tells what a test says. */
export class FakeInformer implements EventSource {
  /** `run`, `stop`, `close`, as they happened. */
  readonly log: string[] = [];
  /** Makes `run` reject. */
  break: (error: unknown) => void = () => {};
  readonly #handlers = new Set<EventHandler>();
  readonly #ignoresSignal: boolean;

  constructor({ ignoresSignal = false }: { ignoresSignal?: boolean } = {}) {
    this.#ignoresSignal = ignoresSignal;
  }

  addEventHandler(handler: EventHandler): { close(): void } {
    this.#handlers.add(handler);
    return {
      close: () => {
        this.#handlers.delete(handler);
        this.log.push("close");
      },
    };
  }

  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.log.push("run");
    await new Promise<void>((resolve, reject) => {
      this.break = reject;
      if (this.#ignoresSignal) return;
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    this.log.push("stop");
  }

  /** Each settles when the handlers have; serial ones when the watchers have. */
  async add(object: unknown): Promise<void> {
    await this.#tell((handler) => handler.add?.(object as KubernetesObject, { signal: NEVER, initial: false }));
  }

  async update(old: unknown, object: unknown): Promise<void> {
    await this.#tell((handler) => handler.update?.(old as KubernetesObject, object as KubernetesObject, { signal: NEVER }));
  }

  async delete(object: unknown): Promise<void> {
    await this.#tell((handler) => handler.delete?.(object as KubernetesObject, { signal: NEVER, finalStateUnknown: false }));
  }

  async #tell(call: (handler: EventHandler) => unknown): Promise<void> {
    await Promise.all([...this.#handlers].map(call));
  }
}

const NEVER = new AbortController().signal;
