import { describe, expect, it } from "vitest";
import { addressEntryFor, deploymentFor, serviceFor } from "./children.ts";
import type { Memcached } from "./memcached.ts";
import { availableCondition, endpointsOf } from "./status.ts";

const memcached: Memcached = {
  apiVersion: "cache.example.com/v1alpha1",
  kind: "Memcached",
  metadata: { name: "a", namespace: "team" },
  spec: { size: 2, memoryMegabytes: 100 },
};

describe("what a Memcached needs", () => {
  it("runs as many servers as were asked for, with the memory that was asked for", () => {
    const { spec } = deploymentFor(memcached);
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.containers[0]).toMatchObject({ args: ["-m", "100"], resources: { requests: { memory: "116Mi" } } });
  });

  it("selects with its Service the pods its Deployment makes, and nobody else's", () => {
    expect(serviceFor(memcached).spec.selector).toEqual(deploymentFor(memcached).spec.template.metadata.labels);
    expect(serviceFor({ ...memcached, metadata: { name: "b" } }).spec.selector).not.toEqual(serviceFor(memcached).spec.selector);
  });

  it("names one entry of the address list, or none to give it back", () => {
    expect(addressEntryFor(memcached).data).toEqual({ a: "a.team.svc:11211" });
    expect(addressEntryFor(memcached, { released: true }).data).toEqual({});
  });
});

describe("status", () => {
  it("lists the ready endpoints once each, sorted", () => {
    const slice = (addresses: string[], ready?: boolean) => ({
      apiVersion: "discovery.k8s.io/v1" as const,
      kind: "EndpointSlice" as const,
      metadata: { name: "s" },
      addressType: "IPv4" as const,
      ports: [{ name: "memcached", port: 11_211 }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: ready === undefined ? {} : { ready } })),
    });
    expect(endpointsOf([slice(["10.0.0.2", "10.0.0.1"], true), slice(["10.0.0.1"]), slice(["10.0.0.9"], false)])).toEqual([
      "10.0.0.1:11211",
      "10.0.0.2:11211",
    ]);
  });

  it.each([
    [0, 2, 2, "False", "NoServerReady"],
    [1, 2, 2, "False", "Scaling"],
    [2, 2, 2, "True", "AllServersReady"],
    [2, 3, 2, "False", "Scaling"],
    [2, 2, 1, "False", "Scaling"],
  ] as const)(
    "with %i of %i ready, at generation %i of 2, is Available=%s (%s)",
    (readyReplicas, replicas, observedGeneration, status, reason) => {
      const { metadata, ...deployment } = deploymentFor(memcached);
      const condition = availableCondition(memcached, {
        ...deployment,
        metadata: { ...metadata, generation: 2 },
        status: { readyReplicas, replicas, observedGeneration },
      });
      expect([condition.status, condition.reason]).toEqual([status, reason]);
    },
  );
});
