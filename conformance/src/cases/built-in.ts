import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { UNGIVEN_ADDRESS, configMap, coreEvent, deployment, lease, paths, pod, replicaSet, service } from "./sample-objects.ts";

/** What is particular to the built-in kinds: defaults, status, subresources, immutable fields. */
export const builtInCases: readonly ApiCase[] = [
  {
    name: "a Namespace is active, has its finalizer and a label with its name",
    async run(api) {
      const ns = await api.namespace();
      const got = assertCode(await api.get(`/api/v1/namespaces/${ns}`), 200);
      assertIncludes(got, {
        metadata: { labels: { "kubernetes.io/metadata.name": ns } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      });
      assert.equal(got.metadata.namespace, undefined);
    },
  },
  {
    name: "the namespaces a cluster begins with are there",
    async run(api) {
      for (const name of ["default", "kube-system", "kube-public"]) {
        assertIncludes(assertCode(await api.get(`/api/v1/namespaces/${name}`), 200), { status: { phase: "Active" } });
      }
    },
  },
  {
    name: "finalizing a namespace that is being deleted removes it",
    async run(api) {
      const ns = await api.namespace();
      const deleting = assertCode(await api.delete(`/api/v1/namespaces/${ns}`), 200);
      const answer = await api.put(`/api/v1/namespaces/${ns}/finalize`, { ...deleting, spec: { finalizers: [] } });
      assertCode(answer, 200);
      assertStatus(await api.get(`/api/v1/namespaces/${ns}`), 404);
    },
  },
  {
    name: "a Secret's stringData becomes data, its type is Opaque",
    async run(api) {
      const ns = await api.namespace();
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "one" },
        data: { a: "YQ==" },
        stringData: { b: "bee", a: "new" },
      };
      const made = await api.create(paths.secrets(ns), secret);
      assertIncludes(made, { type: "Opaque", data: { a: "bmV3", b: "YmVl" }, stringData: undefined });
      assertStatus(await api.post(paths.secrets(ns), { ...secret, metadata: { name: "two" }, data: { a: "not base64!" } }), 400, {
        reason: "BadRequest",
      });
    },
  },
  {
    name: "an immutable ConfigMap or Secret keeps its data",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), { ...configMap("one"), immutable: true });
      const status = assertStatus(await api.patch("merge", `${paths.configMaps(ns)}/one`, { data: { a: "2" } }), 422, {
        reason: "Invalid",
      });
      assertIncludes(status.details.causes[0], { field: "data", reason: "FieldValueForbidden" });
      assertCode(await api.patch("merge", `${paths.configMaps(ns)}/one`, { metadata: { labels: { a: "1" } } }), 200);
    },
  },
  {
    name: "a ConfigMap's keys are validated",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.post(paths.configMaps(ns), configMap("one", { "not a key": "1" })), 422);
      assertIncludes(status.details.causes, [{ field: "data[not a key]", reason: "FieldValueInvalid" }]);
    },
  },
  {
    name: "a ConfigMap keeps a generation that a client sends",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one", {}, { generation: 7 }));
      assert.equal(made.metadata.generation, 7);
    },
  },
  {
    name: "a Pod gets its defaults and begins as Pending",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.pods(ns), pod("one"));
      assertIncludes(made, {
        spec: {
          restartPolicy: "Always",
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
          terminationGracePeriodSeconds: 30,
          securityContext: {},
          enableServiceLinks: true,
        },
        status: { phase: "Pending", qosClass: "BestEffort" },
      });
      assertIncludes(made.spec.containers[0], {
        imagePullPolicy: "IfNotPresent",
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        resources: {},
      });
    },
  },
  {
    name: "a Pod without containers, or with two of one name, is refused",
    async run(api) {
      const ns = await api.namespace();
      const none = pod("one");
      none.spec.containers = [];
      assertIncludes(assertStatus(await api.post(paths.pods(ns), none), 422).details.causes[0], {
        field: "spec.containers",
        reason: "FieldValueRequired",
      });
      const two = pod("one");
      two.spec.containers.push({ name: "main", image: "image:2" });
      const status = assertStatus(await api.post(paths.pods(ns), two), 422);
      assertIncludes(status.details.causes[0], { field: "spec.containers[1].name", reason: "FieldValueDuplicate" });
    },
  },
  {
    name: "a Pod's spec cannot be changed, except its images",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const path = `${paths.pods(ns)}/one`;
      const status = assertStatus(await api.patch("merge", path, { spec: { nodeSelector: { a: "b" } } }), 422, { reason: "Invalid" });
      assert.match(status.message, /pod updates may not change fields other than/);
      const image = [{ op: "replace", path: "/spec/containers/0/image", value: "image:2" }];
      assert.equal(assertCode(await api.patch("json", path, image), 200).spec.containers[0].image, "image:2");
    },
  },
  {
    name: "a Pod may be replaced by what it was made from",
    async run(api) {
      const pods = paths.pods(await api.namespace());
      const made = await api.create(pods, pod("one"));
      const replaced = assertCode(await api.put(`${pods}/one`, pod("one")), 200);
      assert.deepEqual([replaced.spec, replaced.metadata.resourceVersion], [made.spec, made.metadata.resourceVersion]);
    },
  },
  {
    name: "a Pod's status is written through its subresource alone",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const path = `${paths.pods(ns)}/one`;
      const ignored = assertCode(await api.patch("merge", path, { status: { phase: "Running" } }), 200);
      assert.equal(ignored.status.phase, "Pending");
      const written = assertCode(await api.patch("merge", `${path}/status`, { status: { phase: "Running", podIP: "10.1.2.3" } }), 200);
      assertIncludes(written.status, { phase: "Running", podIP: "10.1.2.3" });
    },
  },
  {
    name: "a Pod on a node is deleted with grace, and at once with none",
    async run(api) {
      const ns = await api.namespace();
      const scheduled = pod("one");
      scheduled.spec.nodeName = "node-1";
      await api.create(paths.pods(ns), scheduled);
      const path = `${paths.pods(ns)}/one`;
      const deleting = assertCode(await api.delete(path), 200);
      assertIncludes(deleting.metadata, { deletionGracePeriodSeconds: 30 });
      assertCode(await api.get(path), 200);
      assertCode(await api.delete(path, { gracePeriodSeconds: 0 }), 200);
      assertStatus(await api.get(path), 404);
    },
  },
  {
    name: "binding a Pod sets its node",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const binding = {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: "one" },
        target: { apiVersion: "v1", kind: "Node", name: "node-1" },
      };
      assertIncludes(assertCode(await api.post(`${paths.pods(ns)}/one/binding`, binding), 201), { kind: "Status", status: "Success" });
      const bound = assertCode(await api.get(`${paths.pods(ns)}/one`), 200);
      assert.equal(bound.spec.nodeName, "node-1");
      assertIncludes(
        bound.status.conditions.find((condition: JsonBody) => condition.type === "PodScheduled"),
        { status: "True" },
      );
    },
  },
  {
    name: "evicting a Pod deletes it",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "one", namespace: ns } };
      assertIncludes(assertCode(await api.post(`${paths.pods(ns)}/one/eviction`, eviction), 201), { status: "Success" });
      assertStatus(await api.get(`${paths.pods(ns)}/one`), 404);
    },
  },
  {
    name: "a Service gets a cluster address, and keeps it",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.services(ns), service("one"));
      assertIncludes(made, {
        spec: { type: "ClusterIP", sessionAffinity: "None", ports: [{ port: 80, protocol: "TCP", targetPort: 80 }] },
        status: { loadBalancer: {} },
      });
      assert.match(made.spec.clusterIP, /^\d+\.\d+\.\d+\.\d+$/);
      assert.deepEqual(made.spec.clusterIPs, [made.spec.clusterIP]);
      const { clusterIP: _, clusterIPs: __, ...spec } = made.spec;
      const put = assertCode(await api.put(`${paths.services(ns)}/one`, { ...made, spec }), 200);
      assert.equal(put.spec.clusterIP, made.spec.clusterIP);
      const status = assertStatus(
        await api.patch("merge", `${paths.services(ns)}/one`, { spec: { clusterIP: UNGIVEN_ADDRESS, clusterIPs: [UNGIVEN_ADDRESS] } }),
        422,
      );
      assertIncludes(status.details.causes[0], { reason: "FieldValueInvalid" });
    },
  },
  {
    name: "a headless Service has no address",
    async run(api) {
      const ns = await api.namespace();
      const headless = service("one");
      headless.spec.clusterIP = "None";
      const made = await api.create(paths.services(ns), headless);
      assertIncludes(made.spec, { clusterIP: "None", clusterIPs: ["None"] });
    },
  },
  {
    name: "a Service's ports must be there and differ",
    async run(api) {
      const ns = await api.namespace();
      const none = service("one");
      none.spec.ports = [];
      assertIncludes(assertStatus(await api.post(paths.services(ns), none), 422).details.causes[0], {
        field: "spec.ports",
        reason: "FieldValueRequired",
      });
      const wrong = service("one");
      wrong.spec.ports = [{ port: 70000 }];
      assertIncludes(assertStatus(await api.post(paths.services(ns), wrong), 422).details.causes[0], { field: "spec.ports[0].port" });
    },
  },
  {
    name: "a Deployment gets its defaults and its first generation",
    async run(api) {
      const ns = await api.namespace();
      const { replicas: _, ...spec } = deployment("web").spec;
      const made = await api.create(paths.deployments(ns), { ...deployment("web"), spec });
      assertIncludes(made, {
        metadata: { generation: 1 },
        spec: {
          replicas: 1,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          template: { spec: { restartPolicy: "Always", terminationGracePeriodSeconds: 30 } },
        },
        status: {},
      });
    },
  },
  {
    name: "a Deployment's generation rises with its spec, not with labels or status",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.deployments(ns), deployment("web"));
      const path = `${paths.deployments(ns)}/web`;
      const labelled = assertCode(await api.patch("merge", path, { metadata: { labels: { a: "1" } } }), 200);
      assert.equal(labelled.metadata.generation, 1);
      const status = assertCode(
        await api.patch("merge", `${path}/status`, { status: { replicas: 1, readyReplicas: 1 }, spec: { replicas: 9 } }),
        200,
      );
      assertIncludes(status, { metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 1, readyReplicas: 1 } });
      const ignored = assertCode(await api.patch("merge", path, { status: { replicas: 5 } }), 200);
      assert.equal(ignored.status.replicas, 1);
      const scaled = assertCode(await api.patch("merge", path, { spec: { replicas: 3 } }), 200);
      assertIncludes(scaled, { metadata: { generation: 2 }, status: { replicas: 1 } });
    },
  },
  {
    name: "a Deployment is scaled through its subresource",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.deployments(ns), deployment("web"));
      const path = `${paths.deployments(ns)}/web`;
      const scale = assertCode(await api.get(`${path}/scale`), 200);
      assertIncludes(scale, {
        kind: "Scale",
        apiVersion: "autoscaling/v1",
        spec: { replicas: 1 },
        status: { replicas: 0, selector: "app=web" },
      });
      assertIncludes(scale.metadata, { name: "web", namespace: ns, uid: made.metadata.uid });
      assertIncludes(assertCode(await api.patch("merge", `${path}/scale`, { spec: { replicas: 4 } }), 200), { spec: { replicas: 4 } });
      assertIncludes(assertCode(await api.get(path), 200), { spec: { replicas: 4 }, metadata: { generation: 2 } });
    },
  },
  {
    name: "a Deployment's selector must fit its pods and cannot change",
    async run(api) {
      const ns = await api.namespace();
      const wrong = deployment("web");
      wrong.spec.template.metadata.labels = { app: "other" };
      const refused = assertStatus(await api.post(paths.deployments(ns), wrong), 422, { reason: "Invalid" });
      assertIncludes(refused.details.causes, [{ field: "spec.template.metadata.labels", reason: "FieldValueInvalid" }]);
      await api.create(paths.deployments(ns), deployment("web"));
      const other = { spec: { selector: { matchLabels: { app: "other" } }, template: { metadata: { labels: { app: "other" } } } } };
      const status = assertStatus(await api.patch("merge", `${paths.deployments(ns)}/web`, other), 422, { reason: "Invalid" });
      assertIncludes(status.details.causes[0], { field: "spec.selector", reason: "FieldValueInvalid" });
      assert.match(status.message, /field is immutable/);
    },
  },
  {
    name: "a ReplicaSet has replicas, generation, status and scale",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.replicaSets(ns), replicaSet("web"));
      assertIncludes(made, { metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 0 } });
      const path = `${paths.replicaSets(ns)}/web`;
      const status = assertCode(await api.patch("merge", `${path}/status`, { status: { replicas: 1, observedGeneration: 1 } }), 200);
      assertIncludes(status, { metadata: { generation: 1 }, status: { replicas: 1, observedGeneration: 1 } });
      assertIncludes(assertCode(await api.get(`${path}/scale`), 200), {
        spec: { replicas: 1 },
        status: { replicas: 1, selector: "app=web" },
      });
    },
  },
  {
    name: "a Lease is taken over with its resourceVersion",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.leases(ns), lease("leader"));
      const path = `${paths.leases(ns)}/leader`;
      const renewTime = "2026-01-02T03:04:05.678901Z";
      const mine = assertCode(await api.put(path, { ...made, spec: { ...made.spec, holderIdentity: "two", renewTime } }), 200);
      assertIncludes(mine.spec, { holderIdentity: "two", renewTime });
      assertStatus(await api.put(path, { ...made, spec: { ...made.spec, holderIdentity: "three" } }), 409, { reason: "Conflict" });
      const status = assertStatus(await api.patch("merge", path, { spec: { leaseDurationSeconds: 0 } }), 422);
      assertIncludes(status.details.causes, [{ field: "spec.leaseDurationSeconds", reason: "FieldValueInvalid" }]);
    },
  },
  {
    name: "an Event is one object in both its groups",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.events(ns), coreEvent("one", ns, "web"));
      const other = assertCode(await api.get(`${paths.newEvents(ns)}/one`), 200);
      assertIncludes(other, {
        kind: "Event",
        apiVersion: "events.k8s.io/v1",
        regarding: { kind: "Pod", name: "web" },
        note: "it started",
        reason: "Started",
        deprecatedCount: 1,
        deprecatedSource: { component: "test" },
      });
      const event = {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name: "two" },
        eventTime: "2026-01-02T03:04:05.000001Z",
        reportingController: "example.com/me",
        reportingInstance: "me-1",
        action: "Reconciled",
        reason: "Done",
        regarding: { kind: "Pod", namespace: ns, name: "db" },
        note: "all is well",
        type: "Normal",
      };
      await api.create(paths.newEvents(ns), event);
      const core = assertCode(await api.get(`${paths.events(ns)}/two`), 200);
      assertIncludes(core, {
        apiVersion: "v1",
        involvedObject: { kind: "Pod", name: "db" },
        message: "all is well",
        reportingComponent: "example.com/me",
        reportingInstance: "me-1",
      });
    },
  },
  {
    name: "an Event belongs into the namespace of what it is about",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.events(ns), coreEvent("one", "another", "web")), 422, { reason: "Invalid" });
    },
  },
  {
    name: "an EndpointSlice is found by its service",
    async run(api) {
      const ns = await api.namespace();
      const slice = {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "web-1", labels: { "kubernetes.io/service-name": "web" } },
        addressType: "IPv4",
        endpoints: [{ addresses: ["10.1.2.3"], conditions: { ready: true } }],
        ports: [{ name: "http", port: 80 }],
      };
      const made = await api.create(paths.endpointSlices(ns), slice);
      assertIncludes(made, { metadata: { generation: 1 }, ports: [{ name: "http", port: 80, protocol: "TCP" }] });
      const list = assertCode(await api.get(`${paths.endpointSlices(ns)}?labelSelector=kubernetes.io%2Fservice-name%3Dweb`), 200);
      assert.equal(list.items.length, 1);
      assertStatus(await api.patch("merge", `${paths.endpointSlices(ns)}/web-1`, { addressType: "IPv6" }), 422, { reason: "Invalid" });
    },
  },
  {
    name: "a ServiceAccount gets a token",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.serviceAccounts(ns), { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "me" } });
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } };
      const answer = assertCode(await api.post(`${paths.serviceAccounts(ns)}/me/token`, body), 201);
      assert.match(answer.status.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
      const status = assertStatus(await api.get(paths.configMaps(ns), { token: answer.status.token }), 403, { reason: "Forbidden" });
      assert.match(status.message, new RegExp(`User "system:serviceaccount:${ns}:me" cannot list resource "configmaps"`));
    },
  },
  {
    name: "an object of a built-in kind may be as large as a megabyte",
    async run(api) {
      const ns = await api.namespace();
      assertCode(await api.post(paths.configMaps(ns), configMap("large", { a: "x".repeat(1024 * 1024 - 100) })), 201);
      assertStatus(await api.post(paths.configMaps(ns), configMap("larger", { a: "x".repeat(1024 * 1024 + 1) })), 422, {
        details: { causes: [{ reason: "FieldValueTooLong", field: "[]", message: "Too long: may not be more than 1048576 bytes" }] },
      });
    },
  },
  {
    name: "an object of a custom kind may be as large as a megabyte and a half, but for a dry run",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = (name: string, bytes: number): JsonBody => ({
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name },
        spec: { a: "x".repeat(bytes) },
      });
      assertCode(await api.post(kind.path(ns), object("large", 1.5 * 1024 * 1024 - 2048)), 201);
      const message = "etcdserver: request is too large";
      const larger = { spec: { a: "x".repeat(1.5 * 1024 * 1024) } };
      assertStatus(await api.post(kind.path(ns), object("larger", 1.5 * 1024 * 1024)), 500, { message, reason: undefined });
      assertStatus(await api.patch("merge", kind.path(ns, "large"), larger), 500, { message });
      assertCode(await api.post(`${kind.path(ns)}?dryRun=All`, object("larger", 1.5 * 1024 * 1024)), 201);
      const huge = assertStatus(await api.post(kind.path(ns), object("huge", 2.5 * 1024 * 1024)), 500);
      assert.match(
        huge.message,
        /^rpc error: code = ResourceExhausted desc = trying to send message larger than max \(\d+ vs\. 2097152\)$/,
      );
    },
  },
  {
    name: "a body of more than three megabytes is 413",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.configMaps(ns), configMap("huge", { a: "x".repeat(3 * 1024 * 1024 + 100) })), 413, {
        reason: "RequestEntityTooLarge",
      });
    },
  },
  {
    name: "a StorageClass and a PriorityClass have the defaults of their kind",
    async run(api) {
      const storage = "/apis/storage.k8s.io/v1/storageclasses";
      const made = await api.create(storage, { metadata: { name: api.id }, provisioner: "x" });
      api.onEnd(() => api.delete(`${storage}/${api.id}`));
      assertIncludes(made, { provisioner: "x", reclaimPolicy: "Delete", volumeBindingMode: "Immediate" });
      assertStatus(await api.post(storage, { metadata: { name: `${api.id}-2` } }), 422, {
        message: `StorageClass.storage.k8s.io "${api.id}-2" is invalid: provisioner: Required value`,
      });
      const priority = "/apis/scheduling.k8s.io/v1/priorityclasses";
      const urgent = await api.create(priority, { metadata: { name: api.id }, value: 5 });
      api.onEnd(() => api.delete(`${priority}/${api.id}`));
      assertStatus(await api.post(priority, { metadata: { name: `${api.id}-2` }, value: 1_000_000_001 }), 422, {
        details: {
          causes: [{ field: "value", message: "Forbidden: maximum allowed value of a user defined priority is 1000000000" }],
        },
      });
      assertIncludes(urgent, { value: 5, preemptionPolicy: "PreemptLowerPriority", globalDefault: undefined });
    },
  },
  {
    name: "a template whose labels do not fit is told with them, empty ones told from none",
    async run(api) {
      const path = `/apis/apps/v1/namespaces/${await api.namespace()}/deployments`;
      const spec = { containers: [{ name: "a", image: "a" }] };
      const web = (name: string, metadata?: JsonBody): JsonBody => ({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name },
        spec: { selector: { matchLabels: { a: "b" } }, template: { ...(metadata === undefined ? {} : { metadata }), spec } },
      });
      const refused = (shown: string): JsonBody => ({
        details: {
          causes: [
            { field: "spec.template.metadata.labels", message: `Invalid value: ${shown}: \`selector\` does not match template \`labels\`` },
          ],
        },
      });
      assertStatus(await api.post(path, web("a")), 422, refused("null"));
      assertStatus(await api.post(path, web("a", { labels: {} })), 422, refused("{}"));
      assertStatus(await api.post(path, web("a", { labels: { x: "y" } })), 422, refused('{"x":"y"}'));
      assertStatus(await api.apply(`${path}/a`, "m", web("a", { labels: {} })), 422, refused("{}"));
      await api.create(path, web("a", { labels: { a: "b" } }));
      const patch = (metadata: JsonBody): JsonBody => ({ spec: { template: { metadata } } });
      for (const type of ["merge", "strategic"] as const) {
        assertStatus(await api.patch(type, `${path}/a`, patch({ labels: { a: null } })), 422, refused("{}"));
        assertStatus(await api.patch(type, `${path}/a`, patch({ labels: null })), 422, refused("null"));
        assertStatus(await api.patch(type, `${path}/a`, patch(null)), 422, refused("null"));
      }
    },
  },
];
