import { describe, expect, expectTypeOf, it } from "vitest";
import type { Kind, ObjectOf } from "../kind.ts";
import * as kinds from "./index.ts";
import { Deployment, Event, HorizontalPodAutoscaler, Ingress, Lease, Pod, StatefulSet, type Container, type PodSpec } from "./index.ts";

describe("the built-in kinds", () => {
  it("say where their objects live", () => {
    expect(Deployment).toEqual({
      group: "apps",
      version: "v1",
      apiVersion: "apps/v1",
      kind: "Deployment",
      plural: "deployments",
      singular: "deployment",
      listKind: "DeploymentList",
      namespaced: true,
      shortNames: ["deploy"],
      categories: ["all"],
    });
    expect(kinds.Node).toMatchObject({ apiVersion: "v1", namespaced: false, plural: "nodes" });
    expect(kinds.EndpointSlice).toMatchObject({ apiVersion: "discovery.k8s.io/v1", plural: "endpointslices" });
  });

  it("are each another kind", () => {
    const names = Object.values(kinds).map((kind) => `${kind.apiVersion} ${kind.kind}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(60);
  });

  it("give the plain name to the core Event and the second version of the autoscaler", () => {
    expect(Event.apiVersion).toBe("v1");
    expect(kinds.EventsV1Event.apiVersion).toBe("events.k8s.io/v1");
    expect(HorizontalPodAutoscaler.apiVersion).toBe("autoscaling/v2");
    expect(kinds.HorizontalPodAutoscalerV1.apiVersion).toBe("autoscaling/v1");
  });
});

describe("the built-in types", () => {
  it("take a literal as one writes it in YAML", () => {
    const container: Container = {
      name: "web",
      image: "web:1",
      ports: [{ containerPort: 80 }],
      resources: { limits: { cpu: 1, memory: "64Mi" } },
    };
    const deployment: Deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "web" } },
        strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } },
      },
    };
    const set: StatefulSet = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        serviceName: "db",
        selector: {},
        template: {},
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
      },
    };
    expect([deployment.kind, set.kind]).toEqual(["Deployment", "StatefulSet"]);
  });

  it("belong to their kinds", () => {
    expectTypeOf(Deployment).toExtend<Kind<Deployment>>();
    expectTypeOf<ObjectOf<typeof Pod>>().toEqualTypeOf<Pod>();
    expectTypeOf<Pod["spec"]>().toEqualTypeOf<PodSpec | undefined>();
    expectTypeOf<Lease["kind"]>().toEqualTypeOf<"Lease">();
  });

  it("know times as strings and JSON's own names", () => {
    type LeaseSpec = NonNullable<Lease["spec"]>;
    expectTypeOf<LeaseSpec["renewTime"]>().toEqualTypeOf<string | undefined>();
    type Backend = NonNullable<NonNullable<Ingress["spec"]>["defaultBackend"]>;
    expectTypeOf<NonNullable<Backend["service"]>["name"]>().toEqualTypeOf<string>();
  });

  it("refuse what the API would refuse", () => {
    // @ts-expect-error a Deployment's apiVersion is apps/v1
    const wrongVersion: Pick<Deployment, "apiVersion"> = { apiVersion: "v1" };
    expect([wrongVersion, rewriteSpec]).toHaveLength(2);
  });
});

function rewriteSpec(pod: Pod): void {
  // @ts-expect-error objects of a cache are not written to
  pod.spec = { containers: [] };
}
