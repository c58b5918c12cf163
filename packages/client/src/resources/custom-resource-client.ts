import { aClient, isNotFound, type Client } from "@operatorkit/api";
import { systemClock, type Clock } from "@operatorkit/observe";
import { aBoolean, aString, checkOptions, required } from "@operatorkit/observe/options";
import { crdReadiness } from "./crd-readiness.ts";
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";
import { placeCustomResource, type EnsuredCustomResource } from "./place-custom-resource.ts";
import { NotYet, untilDone } from "./until-done.ts";
import { WAIT_RULES } from "./wait-rules.ts";

export interface CustomResourceClientOptions {
  readonly client: Pick<Client, "apply" | "delete" | "get">;
  /** Who owns the CRDs' fields. @default "operatorkit" */
  readonly fieldManager?: string;
  /** Bring a CRD that is there in a newer version back to the manifest's: versions are not compared at all. @default false */
  readonly allowDowngrade?: boolean;
  /** Between tries and between looks. @default 500 */
  readonly intervalMs?: number;
  /** For each call as a whole. @default 60000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

type Request = { readonly signal?: AbortSignal };

/**
 * Keeps CRDs as several releases of an operator may want them at once: an older release never takes a newer one's CRD back,
 * and nothing is deleted but by `ensureDeleted`. Manifests are never changed. What fails because the server is away is
 * tried again until the time is up. `ensureCustomResources` does the same for several at once, and waits for discovery too.
 */
export class CustomResourceClient {
  readonly #options: Required<CustomResourceClientOptions>;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: CustomResourceClientOptions) {
    const client = required(aClient("apply", "delete", "get"));
    checkOptions("CustomResourceClient", options, { ...WAIT_RULES, client, fieldManager: aString, allowDowngrade: aBoolean });
    this.#options = {
      fieldManager: "operatorkit",
      allowDowngrade: false,
      intervalMs: 500,
      timeoutMs: 60_000,
      clock: systemClock,
      ...options,
    };
  }

  /** Makes the CRD or brings it up to date, and waits until it is established. */
  async ensureCreated(manifest: CustomResourceDefinition, options: Request = {}): Promise<EnsuredCustomResource> {
    const { name } = manifest.metadata;
    const outcome = await this.#tried(`create CustomResourceDefinition ${name}`, name, options, () =>
      placeCustomResource(manifest, { ...this.#options, ...options }),
    );
    await this.ensureEstablished(name, options);
    return outcome;
  }

  /**
   * Brings a CRD that is there up to date: its spec, and the manifest's labels and annotations, a missing status subresource
   * included. Left alone when the newest version of the manifest is older than the newest one there. Rejects with `NotFound`.
   */
  async ensureUpdated(manifest: CustomResourceDefinition, options: Request = {}): Promise<EnsuredCustomResource> {
    const { name } = manifest.metadata;
    return await this.#tried(`update CustomResourceDefinition ${name}`, name, options, () =>
      placeCustomResource(manifest, { ...this.#options, ...options, onlyUpdate: true }),
    );
  }

  /** Waits until the condition Established is there and True. Rejects at once when names or schema are refused. */
  async ensureEstablished(name: string, options: Request = {}): Promise<void> {
    const action = `wait for CustomResourceDefinition ${name}`;
    await this.#tried(action, name, options, async () => {
      const readiness = crdReadiness(await this.#options.client.get(CustomResourceDefinitionKind, { name }, options));
      if (readiness.type === "established") return;
      if (readiness.type === "waiting") throw new NotYet(readiness.for);
      throw new CustomResourceError(`${action}: the server refuses it: ${readiness.message}`, { code: readiness.code, crd: name });
    });
  }

  /**
   * Deletes a CRD, **and with it every object of its kind**, and waits until it is gone. One that is not there is fine. No
   * other method deletes anything.
   */
  async ensureDeleted(name: string, options: Request = {}): Promise<void> {
    const { client } = this.#options;
    await this.#tried(`delete CustomResourceDefinition ${name}`, name, options, async () => {
      try {
        const { metadata } = await client.get(CustomResourceDefinitionKind, { name }, options);
        if (metadata.deletionTimestamp === undefined) await client.delete(CustomResourceDefinitionKind, { name }, options);
      } catch (error) {
        if (isNotFound(error)) return;
        throw error;
      }
      throw new NotYet("it to be gone");
    });
  }

  async #tried<R>(action: string, crd: string, { signal }: Request, attempt: () => Promise<R>): Promise<R> {
    const { clock, intervalMs, timeoutMs } = this.#options;
    return await untilDone(attempt, { action, crd, dueMs: clock.monotonicMs() + timeoutMs, timeoutMs, intervalMs, signal, clock });
  }
}
