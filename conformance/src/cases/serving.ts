import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody, RawResponse } from "../raw-http.ts";
import { UNGIVEN_ADDRESS, paths } from "./sample-objects.ts";

const PORTS = [{ name: "a", port: 80 }];

function serviceOf(spec: JsonBody, name: string = "one"): JsonBody {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
}

/** What a merge patch of the spec makes of a new Service. */
async function changed(api: CaseContext, from: JsonBody, patch: JsonBody): Promise<RawResponse> {
  const ns = await api.namespace();
  await api.create(paths.services(ns), serviceOf(from));
  return api.patch("merge", `${paths.services(ns)}/one`, { spec: patch });
}

function assertRefused(answer: RawResponse, reason: string, field: string, message: string): void {
  assert.deepEqual(assertStatus(answer, 422, { reason: "Invalid" }).details.causes, [{ reason, field, message }]);
}

/** Services: their types, addresses and ports, and what a change of them keeps. */
export const servingCases: readonly ApiCase[] = [
  {
    name: "a Service that is no load balancer any more loses node ports, policy, allocation and the balancer's status",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.services(ns)}/one`;
      await api.create(paths.services(ns), serviceOf({ type: "LoadBalancer", ports: PORTS }));
      const ingress = [{ ip: "1.2.3.4" }];
      const balanced = assertCode(await api.patch("merge", `${path}/status`, { status: { loadBalancer: { ingress } } }), 200);
      assert.deepEqual(balanced.status, { loadBalancer: { ingress: [{ ip: "1.2.3.4", ipMode: "VIP" }] } });
      assert.ok(balanced.spec.ports[0].nodePort >= 30_000);
      const plain = assertCode(await api.patch("merge", path, { spec: { type: "ClusterIP" } }), 200);
      assert.equal(plain.spec.clusterIP, balanced.spec.clusterIP);
      assert.deepEqual(plain.spec.ports, [{ ...PORTS[0], protocol: "TCP", targetPort: 80 }]);
      for (const key of ["allocateLoadBalancerNodePorts", "externalTrafficPolicy"]) assert.equal(plain.spec[key], undefined, key);
      assert.deepEqual(plain.status, { loadBalancer: {} });
      assertRefused(
        await api.patch("merge", `${path}/status`, { status: { loadBalancer: { ingress } } }),
        "FieldValueForbidden",
        "status.loadBalancer.ingress",
        "Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
      );
    },
  },
  {
    name: "a Service that becomes an external name loses its addresses, and cannot ask for one",
    async run(api) {
      const external = { type: "ExternalName", externalName: "a.example.com" };
      const answer = assertCode(await changed(api, { ports: PORTS }, external), 200);
      for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) assert.equal(answer.spec[key], undefined, key);
      assertRefused(
        await changed(api, external, { clusterIP: "None" }),
        "FieldValueForbidden",
        "spec.clusterIPs",
        "Forbidden: may not be set for ExternalName services",
      );
    },
  },
  {
    name: "a Service that is an external name has no policy for what is inside the cluster",
    async run(api) {
      const services = paths.services(await api.namespace());
      const spec = { type: "ExternalName", externalName: "example.com", internalTrafficPolicy: "Local" };
      assertIncludes((await api.create(services, serviceOf(spec))).spec, { internalTrafficPolicy: undefined });
      await api.create(services, serviceOf({ clusterIP: "None", selector: { app: "x" }, ports: PORTS }, "two"));
      const { spec: changed } = assertCode(await api.patch("merge", `${services}/two`, { spec }), 200);
      assertIncludes(changed, { internalTrafficPolicy: undefined });
    },
  },
  {
    name: "a Service's address never changes, neither to another one nor to none",
    async run(api) {
      for (const clusterIP of [UNGIVEN_ADDRESS, "None"]) {
        const message = `Invalid value: ["${clusterIP}"]: may not change once set`;
        const toNodePorts = await changed(api, { type: "NodePort", ports: PORTS }, { type: "ClusterIP", clusterIP });
        assertRefused(toNodePorts, "FieldValueInvalid", "spec.clusterIPs[0]", message);
      }
      const onlyList = await changed(api, { ports: PORTS }, { clusterIPs: [UNGIVEN_ADDRESS] });
      assertRefused(
        onlyList,
        "FieldValueInvalid",
        "spec.clusterIPs",
        `Invalid value: ["${UNGIVEN_ADDRESS}"]: first value must match \`clusterIP\``,
      );
    },
  },
  {
    name: "a headless Service is of type ClusterIP",
    async run(api) {
      for (const type of ["NodePort", "LoadBalancer"]) {
        const message = `Invalid value: "None": may not be set to 'None' for ${type} services`;
        assertRefused(
          await changed(api, { clusterIP: "None", ports: PORTS }, { type }),
          "FieldValueInvalid",
          "spec.clusterIPs[0]",
          message,
        );
      }
    },
  },
  {
    name: "a headless Service without a selector is of both families, and needs another policy to get one",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.services(ns)}/one`;
      const made = await api.create(paths.services(ns), serviceOf({ clusterIP: "None" }));
      assert.deepEqual([made.spec.ipFamilies, made.spec.ipFamilyPolicy], [["IPv4", "IPv6"], "RequireDualStack"]);
      const headless = serviceOf({ clusterIP: "None", selector: { app: "x" } });
      const message = 'Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services';
      assertRefused(await api.put(path, headless), "FieldValueInvalid", "spec.ipFamilyPolicy", message);
      assertStatus(await api.apply(path, "alpha", headless, "&force=true"), 422);
      headless.spec.ipFamilyPolicy = "SingleStack";
      const put = assertCode(await api.put(path, headless), 200);
      assert.deepEqual([put.spec.ipFamilies, put.spec.ipFamilyPolicy], [["IPv4"], "SingleStack"]);
    },
  },
  {
    name: "what a Service asks of the cluster in vain is told before what is wrong with it",
    async run(api) {
      const services = paths.services(await api.namespace());
      const spec = { clusterIP: "None", ipFamilyPolicy: "RequireDualStack", selector: { app: "x" }, ports: [{ port: 80 }, { port: 81 }] };
      const { details } = assertStatus(await api.post(services, serviceOf(spec)), 422);
      assert.deepEqual(
        details.causes.map(({ field }: JsonBody) => field),
        ["spec.ipFamilyPolicy"],
      );
    },
  },
  {
    name: "a Service that goes with its last finalizer is answered with its addresses",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.services(ns)}/one`;
      const held = serviceOf({ ports: PORTS });
      held.metadata.finalizers = ["example.com/f"];
      const { spec } = await api.create(paths.services(ns), held);
      assertCode(await api.delete(path), 200);
      const last = assertCode(await api.put(path, serviceOf({ ports: PORTS })), 200);
      assertIncludes(last.spec, { clusterIP: spec.clusterIP, ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" });
      assertStatus(await api.get(path), 404);
    },
  },
  {
    name: "node ports stay with the names of their ports",
    async run(api) {
      const ns = await api.namespace();
      const spec = (ports: JsonBody[]): JsonBody => serviceOf({ type: "NodePort", ports });
      const made = await api.create(
        paths.services(ns),
        spec([
          { name: "a", port: 80 },
          { name: "b", port: 81 },
        ]),
      );
      const [a, b] = made.spec.ports.map((port: JsonBody) => port.nodePort);
      const swapped = spec([
        { name: "b", port: 80 },
        { name: "a", port: 81 },
      ]);
      const put = assertCode(await api.put(`${paths.services(ns)}/one`, swapped), 200);
      assert.deepEqual(
        put.spec.ports.map((port: JsonBody) => [port.name, port.nodePort]),
        [
          ["b", b],
          ["a", a],
        ],
      );
      const renamed = spec([
        { name: "c", port: 80 },
        { name: "a", port: 81 },
      ]);
      const [c, same] = assertCode(await api.put(`${paths.services(ns)}/one`, renamed), 200).spec.ports;
      assert.notEqual(c.nodePort, b);
      assert.equal(same.nodePort, a);
    },
  },
  {
    name: "a Service of another type refuses what is for load balancers and node ports alone",
    async run(api) {
      const ns = await api.namespace();
      const balancer = "may only be used when `type` is 'LoadBalancer'";
      const cases: readonly (readonly [spec: JsonBody, reason: string, field: string, message: string])[] = [
        [{ allocateLoadBalancerNodePorts: true }, "FieldValueForbidden", "allocateLoadBalancerNodePorts", `Forbidden: ${balancer}`],
        [{ loadBalancerClass: "x.y/z" }, "FieldValueForbidden", "loadBalancerClass", `Forbidden: ${balancer}`],
        [
          { ports: [{ port: 80, nodePort: 30_080 }] },
          "FieldValueForbidden",
          "ports[0].nodePort",
          "Forbidden: may not be used when `type` is 'ClusterIP'",
        ],
        [
          { externalTrafficPolicy: "Local" },
          "FieldValueInvalid",
          "externalTrafficPolicy",
          'Invalid value: "Local": may only be set for externally-accessible services',
        ],
        [
          { healthCheckNodePort: 30_081 },
          "FieldValueInvalid",
          "healthCheckNodePort",
          "Invalid value: 30081: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ],
        [
          { type: "NodePort", externalTrafficPolicy: "Odd" },
          "FieldValueNotSupported",
          "externalTrafficPolicy",
          'Unsupported value: "Odd": supported values: "Cluster", "Local"',
        ],
        [
          { type: "NodePort", ports: [{ port: 80, nodePort: 100 }] },
          "FieldValueInvalid",
          "ports[0].nodePort",
          "Invalid value: 100: provided port is not in the valid range. The range of valid ports is 30000-32767",
        ],
      ];
      for (const [spec, reason, field, message] of cases) {
        assertRefused(await api.post(paths.services(ns), serviceOf({ ports: PORTS, ...spec })), reason, `spec.${field}`, message);
      }
      assertRefused(
        await changed(api, { type: "LoadBalancer", ports: PORTS }, { loadBalancerClass: "x.y/z" }),
        "FieldValueInvalid",
        "spec.loadBalancerClass",
        'Invalid value: "x.y/z": may not change once set',
      );
    },
  },
  {
    name: "a balancer that keeps to local endpoints gets a port for health checks, and gives it back",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.services(ns)}/one`;
      const made = await api.create(paths.services(ns), serviceOf({ type: "LoadBalancer", externalTrafficPolicy: "Local", ports: PORTS }));
      assert.ok(made.spec.healthCheckNodePort >= 30_000);
      const { healthCheckNodePort, clusterIP: _, clusterIPs: __, ...spec } = made.spec;
      const put = assertCode(await api.put(path, serviceOf(spec)), 200);
      assert.equal(put.spec.healthCheckNodePort, healthCheckNodePort);
      const open = assertCode(await api.patch("merge", path, { spec: { externalTrafficPolicy: "Cluster" } }), 200);
      assert.equal(open.spec.healthCheckNodePort, undefined);
    },
  },
  {
    name: "external addresses make a Service externally accessible",
    async run(api) {
      const answer = assertCode(await changed(api, { ports: PORTS }, { externalIPs: ["1.2.3.4"] }), 200);
      assertIncludes(answer.spec, { type: "ClusterIP", externalTrafficPolicy: "Cluster" });
    },
  },
  {
    name: "the uid conflict of a PUT names where the object is kept",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.services(ns), serviceOf({ ports: PORTS }));
      const other = serviceOf({ ports: PORTS });
      other.metadata.uid = "11111111-1111-1111-1111-111111111111";
      const { message } = assertStatus(await api.put(`${paths.services(ns)}/one`, other), 409, { reason: "Conflict" });
      assert.match(message, new RegExp(`Key: /registry/services/specs/${ns}/one, `));
    },
  },
  {
    name: "writing the status of a Service that is not there makes it, without a status and addresses",
    async run(api) {
      const services = paths.services(await api.namespace());
      const object = {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "one" },
        spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
        status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
      };
      const bare = { spec: { clusterIP: undefined, ipFamilies: undefined }, status: { loadBalancer: { ingress: undefined } } };
      const made = assertCode(await api.put(`${services}/one/status`, object), 201);
      assertIncludes(made, bare);
      assert.equal(made.spec.ports[0].nodePort, undefined);
      assertIncludes(made.metadata.managedFields[0], {
        subresource: "status",
        operation: "Update",
        fieldsV1: { "f:status": { "f:loadBalancer": { "f:ingress": {} } } },
      });
      const applied = assertCode(await api.apply(`${services}/two/status`, "me", { ...object, metadata: { name: "two" } }), 201);
      assertIncludes(applied, bare);
      assertIncludes(applied.metadata.managedFields[0], { subresource: "status", operation: "Apply" });
      const headless = { ...object, metadata: { name: "three" }, spec: { clusterIP: "None", ports: [{ port: 80 }] } };
      assertStatus(await api.put(`${services}/three/status`, headless), 422, {
        details: { causes: [{ reason: "FieldValueRequired", message: "Required value", field: "spec.clusterIPs" }] },
      });
      assertStatus(await api.patch("merge", `${services}/four/status`, {}), 404);
      // The next write of all of it gives it what it lacks.
      const labelled = assertCode(await api.patch("merge", `${services}/one`, { metadata: { labels: { a: "b" } } }), 200);
      assertIncludes(labelled.spec, { ipFamilies: ["IPv4"] });
    },
  },
  {
    name: "a Service with what does nothing is warned of, but not by its status",
    async run(api) {
      const services = paths.services(await api.namespace());
      const spec = { type: "ClusterIP", externalName: "example.com", ports: [{ port: 80 }] };
      const made = await api.post(services, { metadata: { name: "one" }, spec });
      assert.equal(assertCode(made, 201).kind, "Service");
      const warning = '299 - "spec.externalName is ignored when spec.type is not \\"ExternalName\\""';
      assert.equal(made.headers["warning"], warning);
      assert.equal((await api.patch("merge", `${services}/one`, { metadata: { labels: { a: "b" } } })).headers["warning"], warning);
      assert.equal(
        (await api.patch("merge", `${services}/one/status`, { metadata: { labels: { a: "c" } } })).headers["warning"],
        undefined,
      );
    },
  },
];
