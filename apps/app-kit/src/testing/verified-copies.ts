import { Informer, type Client, type Kind, type KubernetesObject } from "operatorkit";

export interface VerifiedCopiesOptions {
  readonly client: Pick<Client, "listWatch">;
  readonly namespace: string;
  readonly kinds: readonly Kind[];
}

/** Informers that run beside a check, on what it and its operators do, and are compared with the server at its end. */
export class VerifiedCopies {
  readonly #informers: readonly Informer<KubernetesObject>[];
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor({ client, namespace, kinds }: VerifiedCopiesOptions) {
    this.#informers = kinds.map((kind) => new Informer({ listWatch: client.listWatch(kind, { namespace }), onError: () => {} }));
    this.#running = Promise.all(this.#informers.map((informer) => informer.run({ signal: this.#stop.signal })));
  }

  /** Rejects, naming what differs, when a copy is wrong: not merely behind. */
  async verify(): Promise<void> {
    const { signal } = this.#stop;
    for (const informer of this.#informers) {
      await informer.synced({ signal });
      const differences = await informer.verify({ signal });
      if (differences.length > 0) throw new Error(`${informer.name} is not what the server has: ${JSON.stringify(differences)}`);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
