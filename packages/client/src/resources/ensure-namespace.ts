import { aClient, ApiError, isAlreadyExists, ignoreNotFound, type Client } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { aRecord, aString, checkOptions, required } from "@operatorkit/observe/options";
import { WAIT_RULES } from "./wait-rules.ts";

export interface EnsureNamespaceOptions {
  /** For a namespace made here; one that is there already keeps its own. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Between looks. @default 500 */
  readonly intervalMs?: number;
  /** @default 120000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

interface Namespace extends KubernetesObject {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
  readonly status?: { readonly phase?: string };
}

const NamespaceKind: Kind<Namespace> = {
  group: "",
  version: "v1",
  apiVersion: "v1",
  kind: "Namespace",
  plural: "namespaces",
  singular: "namespace",
  listKind: "NamespaceList",
  namespaced: false,
  shortNames: ["ns"],
  categories: [],
};

/** Makes the namespace unless it is there, and waits until it is Active; one that is being deleted is waited out and made anew. */
export async function ensureNamespace(
  client: Pick<Client, "create" | "get">,
  name: string,
  options: EnsureNamespaceOptions = {},
): Promise<void> {
  checkOptions("ensureNamespace", { client, name: name }, { client: required(aClient("create", "get")), name: required(aString) });
  checkOptions("ensureNamespace", options, { ...WAIT_RULES, labels: aRecord(aString) });
  const { labels, intervalMs = 500, timeoutMs = 120_000, signal, clock = systemClock } = options;
  const request = signal === undefined ? {} : { signal };
  const manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name, ...(labels === undefined ? {} : { labels }) } } as const;
  const dueMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const namespace = await client.create<Namespace>(manifest, request).catch((error: unknown) => {
      if (isAlreadyExists(error)) return undefined;
      throw error;
    });
    const found = namespace ?? (await ignoreNotFound(client.get(NamespaceKind, { name }, request)));
    // A server too old to set the phase at once has not set it to anything else either.
    if (found !== undefined && found.metadata.deletionTimestamp === undefined && (found.status?.phase ?? "Active") === "Active") return;
    if (clock.monotonicMs() + intervalMs > dueMs) {
      throw new ApiError(`create Namespace ${name}: not Active within ${timeoutMs / 1000} s (phase ${found?.status?.phase ?? "unknown"})`, {
        code: "DeadlineExceeded",
      });
    }
    await sleep(intervalMs, { signal, clock });
  }
}

/** Deletes the namespace, **and with it everything inside**, and waits until it is gone. One that is not there is fine. */
export async function ensureNamespaceDeleted(
  client: Pick<Client, "delete" | "get">,
  name: string,
  options: Omit<EnsureNamespaceOptions, "labels"> = {},
): Promise<void> {
  checkOptions("ensureNamespaceDeleted", { client, name }, { client: required(aClient("delete", "get")), name: required(aString) });
  checkOptions("ensureNamespaceDeleted", options, WAIT_RULES);
  const { intervalMs = 500, timeoutMs = 120_000, signal, clock = systemClock } = options;
  const request = signal === undefined ? {} : { signal };
  const dueMs = clock.monotonicMs() + timeoutMs;
  await ignoreNotFound(client.delete(NamespaceKind, { name }, request));
  for (;;) {
    const found = await ignoreNotFound(client.get(NamespaceKind, { name }, request));
    if (found === undefined) return;
    if (clock.monotonicMs() + intervalMs > dueMs) {
      throw new ApiError(`delete Namespace ${name}: not gone within ${timeoutMs / 1000} s (phase ${found.status?.phase ?? "unknown"})`, {
        code: "DeadlineExceeded",
      });
    }
    await sleep(intervalMs, { signal, clock });
  }
}
