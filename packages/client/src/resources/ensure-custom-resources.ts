import { isApiError, isNotFound, type Client } from "@operatorkit/api";
import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { crdReadiness } from "./crd-readiness.ts";
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";
import { throwInstallationErrors } from "./installation-errors.ts";

export interface EnsureCustomResourcesOptions {
  /** Between looks. @default 500 */
  readonly intervalMs?: number;
  /** For all of them together, from when they were applied; Infinity for no limit. @default 60000 */
  readonly timeoutMs?: number;
  /** Who owns the CRDs' fields. @default "operatorkit" */
  readonly fieldManager?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Installs CRDs, or brings them up to date, by server-side apply, and waits until the server serves them: the condition
 * Established is True and discovery finds every served version.
 *
 * One that fails does not stop the others; one that could not be applied is not waited for. Rejects with the
 * `CustomResourceError`, or with an AggregateError of several. Nothing is ever deleted: deleting a CRD deletes its objects.
 * Failed reads are tried again until the time is up, for a server that restarts.
 */
export async function ensureCustomResources(
  client: Pick<Client, "apply" | "get" | "resolve">,
  manifests: readonly CustomResourceDefinition[],
  options: EnsureCustomResourcesOptions = {},
): Promise<void> {
  const { timeoutMs = 60_000, clock = systemClock } = options;
  const applied = await Promise.allSettled(manifests.map((manifest) => apply(client, manifest, options)));
  const dueMs = clock.monotonicMs() + timeoutMs;
  const results = await Promise.allSettled(
    applied.map(async (result, index) => {
      if (result.status === "rejected") throw result.reason;
      const manifest = manifests[index];
      if (manifest !== undefined) await untilServed(client, manifest, dueMs, options);
    }),
  );
  options.signal?.throwIfAborted();
  const errors = results.filter((result) => result.status === "rejected").map((result) => result.reason as unknown);
  throwInstallationErrors(errors, manifests.length);
}

async function apply(
  client: Pick<Client, "apply">,
  manifest: CustomResourceDefinition,
  { fieldManager = "operatorkit", signal }: EnsureCustomResourcesOptions,
): Promise<void> {
  // A version or status of another cluster's copy would be refused, or fought over.
  const { status: _status, ...rest } = manifest;
  const { resourceVersion: _version, uid: _uid, managedFields: _managedFields, ...metadata } = manifest.metadata;
  try {
    await client.apply<CustomResourceDefinition>(
      { ...rest, metadata },
      { fieldManager, force: true, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new CustomResourceError(cause instanceof Error ? cause.message : String(cause), {
      code: "NotApplied",
      crd: manifest.metadata.name,
      cause,
    });
  }
}

async function untilServed(
  client: Pick<Client, "get" | "resolve">,
  manifest: CustomResourceDefinition,
  dueMs: number,
  { intervalMs = 500, timeoutMs = 60_000, signal, clock = systemClock }: EnsureCustomResourcesOptions,
): Promise<void> {
  const { name } = manifest.metadata;
  for (let look = 0; ; look += 1) {
    let waitingFor: string | undefined;
    let cause: unknown;
    try {
      waitingFor = await missingFor(client, manifest, signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isApiError(error)) throw error;
      cause = error;
      waitingFor = `the server to answer (${error.message})`;
    }
    if (waitingFor === undefined) return;
    // A healthy server is done in a few dozen milliseconds.
    const waitMs = Math.min(intervalMs, 25 * 2 ** look);
    if (clock.monotonicMs() + waitMs > dueMs) {
      throw new CustomResourceError(
        `install CustomResourceDefinition ${name}: not served within ${timeoutMs / 1000} s; last waited for ${waitingFor}`,
        { code: "Timeout", crd: name, cause },
      );
    }
    await sleep(waitMs, { signal, clock });
  }
}

/** What is still missing for the CRD to be served, or undefined when it is. */
async function missingFor(
  client: Pick<Client, "get" | "resolve">,
  { metadata: { name }, spec }: CustomResourceDefinition,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const request = signal === undefined ? {} : { signal };
  const readiness = crdReadiness(await client.get(CustomResourceDefinitionKind, { name }, request));
  if (readiness.type === "waiting") return readiness.for;
  if (readiness.type === "refused") {
    const { code, message } = readiness;
    throw new CustomResourceError(`install CustomResourceDefinition ${name}: the server refuses it: ${message}`, { code, crd: name });
  }
  for (const version of spec.versions.filter(({ served }) => served)) {
    const ref = { apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind };
    try {
      await client.resolve(ref, request);
    } catch (error) {
      if (isNotFound(error)) return `discovery to list ${ref.kind} of ${ref.apiVersion}`;
      throw error;
    }
  }
  return undefined;
}
