import { isAlreadyExists, isApiError, isNotFound, type RequestOptions } from "@operatorkit/api";
import { systemClock, type Clock } from "@operatorkit/observe";
import { aList, checkOptions, having, required } from "@operatorkit/observe/options";
import type { KubernetesClient } from "../kubernetes-client.ts";
import type { ServerVersion } from "../verbs/describe-server.ts";
import { CustomResourceError } from "./custom-resource-error.ts";
import { namesOf, type CustomResource } from "./custom-resource.ts";
import { throwInstallationErrors } from "./installation-errors.ts";
import { registrationStrategyFor, type RegistrationStrategy } from "./registration-strategy.ts";
import { NotYet, untilDone } from "./until-done.ts";
import { WAIT_RULES } from "./wait-rules.ts";

export interface CreateCustomResourcesOptions {
  /** Between looks. @default 500 */
  readonly intervalMs?: number;
  /** For all of them together, from when they were created; Infinity for no limit. @default 60000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What of a client is needed: `serverVersion` and requests as they are. */
export interface RegistrationClient {
  serverVersion(options?: RequestOptions): Promise<ServerVersion>;
  request(request: Parameters<KubernetesClient["request"]>[0] & { readonly as?: "json" }): Promise<unknown>;
}

/**
 * Registers custom resources in the way the server's release has: CRD v1, CRD v1beta1 before 1.16, ThirdPartyResources before
 * 1.7. First all are created, then all are waited for. One that is there already is left as it is; to bring CRDs up to date
 * take `ensureCustomResources`. One that is there and being deleted is waited out, and made again.
 *
 * One that fails does not stop the others; one that could not be created is not waited for. Rejects with the
 * `CustomResourceError`, or with an AggregateError of all. Nothing is ever deleted, failed or not.
 */
export async function createCustomResources(
  client: RegistrationClient,
  resources: readonly CustomResource[],
  options: CreateCustomResourcesOptions = {},
): Promise<void> {
  const aRegistrationClient = having("a client", ["serverVersion", "request"], "connect() makes one");
  checkOptions("createCustomResources", { client, resources }, { client: required(aRegistrationClient), resources: required(aList()) });
  checkOptions("createCustomResources", options, WAIT_RULES);
  const { timeoutMs = 60_000, clock = systemClock, signal } = options;
  const strategy = registrationStrategyFor((await client.serverVersion(signal === undefined ? {} : { signal })).gitVersion);
  const created = await Promise.allSettled(resources.map((resource) => create(client, strategy, resource, signal)));
  const dueMs = clock.monotonicMs() + timeoutMs;
  const results = await Promise.allSettled(
    resources.map(async (resource, index) => {
      const result = created[index];
      if (result?.status === "rejected") throw result.reason;
      await untilReady(client, strategy, resource, dueMs, options);
    }),
  );
  signal?.throwIfAborted();
  throwInstallationErrors(
    results.filter((result) => result.status === "rejected").map((result) => result.reason as unknown),
    resources.length,
  );
}

async function create(
  client: RegistrationClient,
  strategy: RegistrationStrategy,
  resource: CustomResource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = strategy.create(resource);
  try {
    await client.request({ ...request, as: "json", ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (isAlreadyExists(cause)) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CustomResourceError(`create ${resource.kind} as a ${strategy.name}: ${why}`, {
      code: "NotApplied",
      crd: nameOf(resource),
      cause,
    });
  }
}

async function untilReady(
  client: RegistrationClient,
  strategy: RegistrationStrategy,
  resource: CustomResource,
  dueMs: number,
  { intervalMs = 500, timeoutMs = 60_000, signal, clock = systemClock }: CreateCustomResourcesOptions,
): Promise<void> {
  const crd = nameOf(resource);
  const look = async (): Promise<void> => {
    const request = { ...strategy.look(resource), as: "json", ...(signal === undefined ? {} : { signal }) } as const;
    const answer = await client.request(request).catch(async (error: unknown) => {
      if (!isNotFound(error)) throw error;
      // A registration that was made is there, unless it was another one's that went away meanwhile.
      if (strategy.looksAt === "registration") await create(client, strategy, resource, signal);
      throw new NotYet("the server to find it");
    });
    const readiness = strategy.readiness(answer);
    if (readiness.type === "waiting") throw new NotYet(readiness.for);
    if (readiness.type === "established") return;
    const { code, message } = readiness;
    throw new CustomResourceError(`create ${resource.kind}: the server refuses it: ${message}`, { code, crd });
  };
  const action = `create ${resource.kind} as a ${strategy.name}`;
  await untilDone(look, { action, crd, dueMs, timeoutMs, intervalMs, isPassing: isApiError, signal, clock });
}

function nameOf(resource: CustomResource): string {
  return `${namesOf(resource).plural}.${resource.group}`;
}
