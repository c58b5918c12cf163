import { aClient, isApiError, isNotFound, type Client } from "@operatorkit/api";
import { systemClock, type Clock } from "@operatorkit/observe";
import { aList, anObject, aString, checkOptions, oneOf, required } from "@operatorkit/observe/options";
import { crdReadiness } from "./crd-readiness.ts";
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";
import { throwInstallationErrors } from "./installation-errors.ts";
import { placeCustomResource, type EnsuredCustomResource } from "./place-custom-resource.ts";
import { NotYet, untilDone, type UntilDoneOptions } from "./until-done.ts";
import { WAIT_RULES } from "./wait-rules.ts";

export interface EnsureCustomResourcesOptions {
  /** Between looks; the first ones come sooner. @default 500 */
  readonly intervalMs?: number;
  /** For all of them together; Infinity for no limit. @default 60000 */
  readonly timeoutMs?: number;
  /** Who owns the CRDs' fields. @default "operatorkit" */
  readonly fieldManager?: string;
  /** Bring a CRD that is there in a newer version back to the manifest's: versions are not compared at all. @default false */
  readonly allowDowngrade?: boolean;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** A healthy server is done in a few dozen milliseconds. */
const FIRST_WAIT_MS = 25;

/**
 * Installs CRDs, or brings them up to date, by server-side apply, and waits until the server serves them: the condition
 * Established is True and discovery finds every served version of the manifest. One that is there in a newer version is left
 * alone (`"newer"`): its newest version by `compareApiVersions` is newer than the manifest's newest.
 *
 * One that fails does not stop the others; one that could not be applied is not waited for. Rejects with the
 * `CustomResourceError`, or with an AggregateError of several. Nothing is ever deleted: deleting a CRD deletes its objects.
 * What fails because the server is away is tried again until the time is up. A CRD that is being deleted is waited out, and made again.
 *
 * @throws {TypeError} naming the option that cannot work, or the manifest that is none, before anything is installed
 * @returns what became of each, in the order given
 */
export async function ensureCustomResources(
  client: Pick<Client, "apply" | "get" | "resolve">,
  manifests: readonly CustomResourceDefinition[],
  options: EnsureCustomResourcesOptions = {},
): Promise<EnsuredCustomResource[]> {
  checkOptions(
    "ensureCustomResources",
    { client, manifests },
    { client: required(aClient("apply", "get", "resolve")), manifests: required(aList(A_MANIFEST)) },
  );
  checkOptions("ensureCustomResources", options, { ...WAIT_RULES, fieldManager: aString });
  const { timeoutMs = 60_000, intervalMs = 500, clock = systemClock, signal } = options;
  const dueMs = clock.monotonicMs() + timeoutMs;
  const patienceFor = ({ metadata: { name } }: CustomResourceDefinition): UntilDoneOptions => {
    const action = `install CustomResourceDefinition ${name}`;
    return { action, crd: name, dueMs, timeoutMs, intervalMs, firstWaitMs: FIRST_WAIT_MS, signal, clock };
  };
  const placed = await Promise.allSettled(manifests.map((manifest) => place(client, manifest, options, patienceFor(manifest))));
  const results = await Promise.allSettled(
    manifests.map(async (manifest, index) => {
      const result = placed[index];
      if (result?.status !== "fulfilled") throw result?.reason;
      // Right after an apply even a 404 may pass, and who may write a CRD may surely read it.
      const look = (): Promise<void> =>
        checkServed(client, manifest, signal).catch(async (error: unknown) => {
          if (!isNotFound(error)) throw error;
          // It was being deleted when it was applied, and is gone now.
          await place(client, manifest, options, patienceFor(manifest));
          throw new NotYet("the server to find it");
        });
      await untilDone(look, { ...patienceFor(manifest), isPassing: isApiError });
      return result.value;
    }),
  );
  signal?.throwIfAborted();
  throwInstallationErrors(
    results.filter((result) => result.status === "rejected").map((result) => result.reason as unknown),
    manifests.length,
  );
  return results.filter((result) => result.status === "fulfilled").map((result) => result.value);
}

/** Manifests are read from files as often as written in code: what they hold is not what a type promises. */
const A_MANIFEST = anObject({
  apiVersion: required(oneOf(CustomResourceDefinitionKind.apiVersion)),
  kind: required(oneOf(CustomResourceDefinitionKind.kind)),
  metadata: required(anObject({ name: required(aString) })),
  spec: required(anObject({ versions: required(aList()) })),
});

async function place(
  client: Pick<Client, "apply" | "get">,
  manifest: CustomResourceDefinition,
  { fieldManager = "operatorkit", allowDowngrade, signal }: EnsureCustomResourcesOptions,
  patience: UntilDoneOptions,
): Promise<EnsuredCustomResource> {
  try {
    return await untilDone(() => placeCustomResource(manifest, { client, fieldManager, allowDowngrade, signal }), patience);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof CustomResourceError) throw cause;
    throw new CustomResourceError(cause instanceof Error ? cause.message : String(cause), {
      code: "NotApplied",
      crd: manifest.metadata.name,
      cause,
    });
  }
}

/** Throws `NotYet` with what is still missing for the CRD to be served. */
async function checkServed(
  client: Pick<Client, "get" | "resolve">,
  { metadata: { name }, spec }: CustomResourceDefinition,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = signal === undefined ? {} : { signal };
  const readiness = crdReadiness(await client.get(CustomResourceDefinitionKind, { name }, request));
  if (readiness.type === "waiting") throw new NotYet(readiness.for);
  if (readiness.type === "refused") {
    const { code, message } = readiness;
    throw new CustomResourceError(`install CustomResourceDefinition ${name}: the server refuses it: ${message}`, { code, crd: name });
  }
  for (const version of spec.versions.filter(({ served }) => served)) {
    const ref = { apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind };
    try {
      await client.resolve(ref, request);
    } catch (error) {
      if (isNotFound(error)) throw new NotYet(`discovery to list ${ref.kind} of ${ref.apiVersion}`);
      throw error;
    }
  }
}
