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
    ["ensureCustomResources", "intervalMs is NaN", () => ensureCustomResources(client, [], { intervalMs: Number.NaN })],
    ["ensureCustomResources", "timeoutMs is -1", () => ensureCustomResources(client, [], { timeoutMs: -1 })],
    ["createCustomResources", "intervalMs is 0", () => createCustomResources(client, [], { intervalMs: 0 })],
    ["CustomResourceClient", "timeoutMs is NaN", () => new CustomResourceClient({ client, timeoutMs: Number.NaN })],
    ["ensureNamespace", "intervalMs is -5", () => ensureNamespace(client, "a", { intervalMs: -5 })],
    ["ensureNamespaceDeleted", "timeoutMs is 0", () => ensureNamespaceDeleted(client, "a", { timeoutMs: 0 })],
    ["retryOnConflict", "attempts is NaN", () => retryOnConflict(async () => {}, { attempts: Number.NaN })],
    ["retryOnConflict", "attempts is 0", () => retryOnConflict(async () => {}, { attempts: 0 })],
    ["the client", "requestTimeoutMs is 0", () => new KubernetesClient({ transport, requestTimeoutMs: 0 })],
    ["list", "limit is NaN", () => client.list(Pod, { limit: Number.NaN })],
    ["list", "limit is -1", () => client.list(Pod, { limit: -1 })],
  ])("are refused by %s by name: %s", async (_where, why, act) => {
    expect(await rejection(attempt(act))).toMatchObject({ message: expect.stringContaining(`${why}, and must be `) });
    expect(transport.seen).toEqual([]);
  });
});
