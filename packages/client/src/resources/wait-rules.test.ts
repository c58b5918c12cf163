import { describe, expect, it } from "vitest";
import { KubernetesClient } from "../kubernetes-client.ts";
import { retryOnConflict } from "../retry-on-conflict.ts";
import { rejection } from "../testing/bodies.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { Pod } from "../testing/kinds.ts";
import { createCustomResources } from "./create-custom-resources.ts";
import { CustomResourceClient } from "./custom-resource-client.ts";
import { ensureCustomResources } from "./ensure-custom-resources.ts";
import { ensureNamespace, ensureNamespaceDeleted } from "./ensure-namespace.ts";

const transport = new FakeTransport(() => ({}));
const client = new KubernetesClient({ transport });
/** What is thrown at once counts like what is rejected. */
const attempt = async (act: () => unknown): Promise<unknown> => await act();

describe("numbers that would wait for ever, or never wait", () => {
  it.each<[string, string, () => unknown]>([
    ["ensureCustomResources", "intervalMs: NaN must be ", () => ensureCustomResources(client, [], { intervalMs: Number.NaN })],
    ["ensureCustomResources", "timeoutMs: -1 must be ", () => ensureCustomResources(client, [], { timeoutMs: -1 })],
    ["createCustomResources", "intervalMs: 0 must be ", () => createCustomResources(client, [], { intervalMs: 0 })],
    ["CustomResourceClient", "timeoutMs: NaN must be ", () => new CustomResourceClient({ client, timeoutMs: Number.NaN })],
    ["ensureNamespace", "intervalMs: -5 must be ", () => ensureNamespace(client, "a", { intervalMs: -5 })],
    ["ensureNamespaceDeleted", "timeoutMs: 0 must be ", () => ensureNamespaceDeleted(client, "a", { timeoutMs: 0 })],
    ["retryOnConflict", "attempts: NaN must be ", () => retryOnConflict(async () => {}, { attempts: Number.NaN })],
    ["retryOnConflict", "attempts: 0 must be ", () => retryOnConflict(async () => {}, { attempts: 0 })],
    ["the client", "requestTimeoutMs: 0 must be ", () => new KubernetesClient({ transport, requestTimeoutMs: 0 })],
    ["list", "limit: NaN must be ", () => client.list(Pod, { limit: Number.NaN })],
    ["list", "limit: -1 must be ", () => client.list(Pod, { limit: -1 })],
  ])("are refused by %s by name: %s", async (_where, why, act) => {
    expect(await rejection(attempt(act))).toMatchObject({ message: expect.stringContaining(why) });
    expect(transport.seen).toEqual([]);
  });
});
