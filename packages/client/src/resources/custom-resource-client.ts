import { isAlreadyExists, isApiError, isConflict, isNotFound, type ApiErrorCode, type Client } from "@operatorkit/api";
import { sameJson, type Json, type ObjectMeta } from "@operatorkit/object";
import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { compareApiVersions, parseApiVersion } from "./api-version.ts";
import { crdReadiness } from "./crd-readiness.ts";
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";

export interface CustomResourceClientOptions {
  readonly client: Pick<Client, "apply" | "create" | "delete" | "get">;
  /** Who owns the CRDs' fields. @default "operatorkit" */
  readonly fieldManager?: string;
  /** Between tries and between looks. @default 500 */
  readonly intervalMs?: number;
  /** For each call as a whole. @default 60000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** What became of a CRD: `newer` is there in a newer version than the manifest's, and was left alone. */
export type EnsuredCustomResource = "created" | "updated" | "unchanged" | "newer";

type Request = { readonly signal?: AbortSignal };

/** The server may be back in a moment. Anything else is an answer. */
const TRANSIENT: ReadonlySet<ApiErrorCode> = new Set<ApiErrorCode>([
  "ConnectionFailed",
  "DeadlineExceeded",
  "InternalError",
  "ServerTimeout",
  "ServiceUnavailable",
  "Timeout",
  "TooManyRequests",
]);

/**
 * Keeps CRDs as several releases of an operator may want them at once: an older release never takes a newer one's CRD back,
 * and nothing is deleted but by `ensureDeleted`. Manifests are never changed. What fails because the server is away is
 * tried again until the time is up.
 */
export class CustomResourceClient {
  readonly #client: CustomResourceClientOptions["client"];
  readonly #fieldManager: string;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor({
    client,
    fieldManager = "operatorkit",
    intervalMs = 500,
    timeoutMs = 60_000,
    clock = systemClock,
  }: CustomResourceClientOptions) {
    this.#client = client;
    this.#fieldManager = fieldManager;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** Makes the CRD or brings it up to date, and waits until it is established. */
  async ensureCreated(manifest: CustomResourceDefinition, options: Request = {}): Promise<EnsuredCustomResource> {
    const { name } = manifest.metadata;
    const outcome = await this.#tried(`create CustomResourceDefinition ${name}`, name, options, async () => {
      try {
        await this.#client.create<CustomResourceDefinition>(withoutServerFields(manifest), {
          fieldManager: this.#fieldManager,
          ...options,
        });
        return "created";
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        return await this.#update(manifest, options);
      }
    });
    await this.ensureEstablished(name, options);
    return outcome;
  }

  /**
   * Brings a CRD that is there up to date: its spec, and the manifest's labels and annotations, a missing status subresource
   * included. Left alone when the newest version of the manifest is older than the newest one there. Rejects with `NotFound`.
   */
  async ensureUpdated(manifest: CustomResourceDefinition, options: Request = {}): Promise<EnsuredCustomResource> {
    const { name } = manifest.metadata;
    return await this.#tried(`update CustomResourceDefinition ${name}`, name, options, async () => await this.#update(manifest, options));
  }

  /** Waits until the condition Established is there and True. Rejects at once when names or schema are refused. */
  async ensureEstablished(name: string, options: Request = {}): Promise<void> {
    const action = `wait for CustomResourceDefinition ${name}`;
    await this.#tried(action, name, options, async () => {
      const readiness = crdReadiness(await this.#client.get(CustomResourceDefinitionKind, { name }, options));
      if (readiness.type === "established") return "unchanged";
      if (readiness.type === "waiting") throw new NotYet(readiness.for);
      throw new CustomResourceError(`${action}: the server refuses it: ${readiness.message}`, { code: readiness.code, crd: name });
    });
  }

  /**
   * Deletes a CRD, **and with it every object of its kind**, and waits until it is gone. One that is not there is fine. No
   * other method deletes anything.
   */
  async ensureDeleted(name: string, options: Request = {}): Promise<void> {
    await this.#tried(`delete CustomResourceDefinition ${name}`, name, options, async () => {
      try {
        const { metadata } = await this.#client.get(CustomResourceDefinitionKind, { name }, options);
        if (metadata.deletionTimestamp === undefined) await this.#client.delete(CustomResourceDefinitionKind, { name }, options);
      } catch (error) {
        if (isNotFound(error)) return "unchanged";
        throw error;
      }
      throw new NotYet("it to be gone");
    });
  }

  async #update(manifest: CustomResourceDefinition, options: Request): Promise<EnsuredCustomResource> {
    const { name } = manifest.metadata;
    const current = await this.#client.get(CustomResourceDefinitionKind, { name }, options);
    if (isNewerThere(manifest, current)) return "newer";
    const { resourceVersion } = current.metadata;
    const wanted = withoutServerFields(manifest);
    // With the version that was compared: a newer release may be installing its own at this moment.
    const metadata = { ...wanted.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const updated = await this.#client.apply<CustomResourceDefinition>(
      { ...wanted, metadata },
      { fieldManager: this.#fieldManager, force: true, ...options },
    );
    return sameCrd(current, updated) ? "unchanged" : "updated";
  }

  async #tried(
    action: string,
    crd: string,
    { signal }: Request,
    attempt: () => Promise<EnsuredCustomResource>,
  ): Promise<EnsuredCustomResource> {
    const dueMs = this.#clock.monotonicMs() + this.#timeoutMs;
    for (;;) {
      let cause: unknown;
      try {
        return await attempt();
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (!(error instanceof NotYet) && !isWorthAnotherTry(error)) throw error;
        cause = error;
      }
      if (this.#clock.monotonicMs() + this.#intervalMs > dueMs) {
        const last = cause instanceof Error ? cause.message : String(cause);
        throw new CustomResourceError(`${action}: not done within ${this.#timeoutMs / 1000} s; last waited for ${last}`, {
          code: "Timeout",
          crd,
          cause: cause instanceof NotYet ? undefined : cause,
        });
      }
      await sleep(this.#intervalMs, { signal, clock: this.#clock });
    }
  }
}

/** Not by the resource version: the first apply to what was created otherwise changes who owns the fields, and nothing else. */
function sameCrd({ metadata: one }: CustomResourceDefinition, { metadata: other }: CustomResourceDefinition): boolean {
  const plain = ({ generation, labels = {}, annotations = {} }: ObjectMeta): Json => ({ generation: generation ?? 0, labels, annotations });
  return sameJson(plain(one), plain(other));
}

/** Nothing failed, and there is something to wait for. */
class NotYet extends Error {}

function isWorthAnotherTry(error: unknown): boolean {
  return isApiError(error) && (TRANSIENT.has(error.code) || isConflict(error));
}

/** A version or status of another cluster's copy would be refused, or fought over. */
function withoutServerFields({ apiVersion, kind, metadata, spec }: CustomResourceDefinition): CustomResourceDefinition {
  const { name, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) },
    spec,
  };
}

function isNewerThere(manifest: CustomResourceDefinition, current: CustomResourceDefinition): boolean {
  const wanted = newestOf(manifest, "the manifest");
  const there = newestOf(current, "the CRD that is there");
  if (there === undefined) return false;
  return wanted === undefined || compareApiVersions(wanted, there) < 0;
}

function newestOf({ metadata, spec }: CustomResourceDefinition, where: string): string | undefined {
  const names = spec.versions.map(({ name }) => name);
  const odd = names.find((name) => parseApiVersion(name) === undefined);
  if (odd !== undefined) {
    throw new CustomResourceError(
      `update CustomResourceDefinition ${metadata.name}: ${where} has a version ${JSON.stringify(odd)}, which has no age to compare; use ensureCustomResources, which does not compare`,
      { code: "InvalidVersion", crd: metadata.name },
    );
  }
  return names.toSorted(compareApiVersions).at(-1);
}
