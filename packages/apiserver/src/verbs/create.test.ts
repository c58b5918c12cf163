import { expect, it } from "vitest";
import { RawApi, widgetCrd } from "../testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

it("a new object gets what only the server can give", async () => {
  await using api = await RawApi.start();
  const { status, json } = await api.post(MAPS, { metadata: { name: "a", uid: "mine", generation: 4 }, data: { x: "y" } });
  expect(status).toBe(201);
  expect(json).toMatchObject({ kind: "ConfigMap", apiVersion: "v1", metadata: { name: "a", namespace: "default", generation: 4 } });
  expect(json["metadata"]?.["uid"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(json["metadata"]?.["managedFields"]).toMatchObject([
    { manager: "test", operation: "Update", fieldsV1: { "f:data": { ".": {}, "f:x": {} } } },
  ]);
});

it.each([
  ["a taken name", { metadata: { name: "taken" } }, 409, 'configmaps "taken" already exists'],
  ["no name", { metadata: {} }, 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
  ["null", null, 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
  [
    "a resourceVersion",
    { metadata: { name: "b", resourceVersion: "1" } },
    500,
    "resourceVersion should not be set on objects to be created",
  ],
  [
    "another namespace",
    { metadata: { name: "b", namespace: "other" } },
    400,
    "the namespace of the provided object does not match the namespace sent on the request",
  ],
  [
    "another kind",
    { kind: "Secret", apiVersion: "v1", metadata: { name: "b" } },
    400,
    'Secret in version "v1" cannot be handled as a ConfigMap',
  ],
  [
    "a wrong type",
    { metadata: { name: "b" }, data: { x: 1 } },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number',
  ],
  ["broken JSON", '{"metadata":', 400, "unexpected end of JSON input"],
])("%s is refused", async (_title, body, status, message) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "taken" } });
  const answer = await api.post(MAPS, body);
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
});

it("generateName tries other names while they are taken", async () => {
  await using api = await RawApi.start();
  const names = new Set<unknown>();
  for (let index = 0; index < 20; index += 1)
    names.add((await api.post(MAPS, { metadata: { generateName: "g-" } })).json["metadata"]?.["name"]);
  expect(names.size).toBe(20);
  for (const name of names) expect(name).toMatch(/^g-[a-z0-9]{5}$/);
});

it("dry run answers what would be, and stores nothing", async () => {
  await using api = await RawApi.start();
  const version = api.server.resourceVersion;
  const { status, json } = await api.post(`${MAPS}?dryRun=All`, { metadata: { name: "dry" } });
  expect([status, json["metadata"]?.["resourceVersion"]]).toEqual([201, undefined]);
  expect((await api.get(`${MAPS}/dry`)).status).toBe(404);
  expect(api.server.resourceVersion).toBe(version);
});

it("a namespace must exist, and must not be going away", async () => {
  await using api = await RawApi.start();
  expect((await api.post("/api/v1/namespaces/none/configmaps", { metadata: { name: "a" } })).json).toMatchObject({
    code: 404,
    message: 'namespaces "none" not found',
  });
  await api.post("/api/v1/namespaces", { metadata: { name: "going" } });
  await api.delete("/api/v1/namespaces/going");
  expect((await api.post("/api/v1/namespaces/going/configmaps", { metadata: { name: "a" } })).json).toMatchObject({
    code: 403,
    details: { causes: [{ reason: "NamespaceTerminating", message: "namespace going is being terminated", field: "metadata.namespace" }] },
  });
});

it("fields nobody knows are warned of, refused or ignored, as asked", async () => {
  await using api = await RawApi.start();
  const body = '{"metadata":{"name":"NAME"},"data":{"x":"1","x":"2"},"typo":1}';
  const post = (name: string, query: string): ReturnType<typeof api.post> => api.post(`${MAPS}${query}`, body.replace("NAME", name));
  expect((await post("a", "")).headers["warning"]).toBe(String.raw`299 - "duplicate field \"data.x\"", 299 - "unknown field \"typo\""`);
  expect((await post("b", "?fieldValidation=Ignore")).headers["warning"]).toBeUndefined();
  expect((await post("c", "?fieldValidation=Strict")).json).toMatchObject({
    code: 400,
    message:
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.x", unknown field "typo"',
  });
  expect((await post("d", "?fieldValidation=Maybe")).status).toBe(422);
});

it("a Deployment is filled in as the real server fills it in", async () => {
  await using api = await RawApi.start();
  const { json } = await api.post("/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "d" },
    spec: {
      selector: { matchLabels: { a: "b" } },
      template: {
        metadata: { labels: { a: "b" } },
        spec: {
          containers: [{ name: "c", image: "nginx", ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { port: 80 } } }],
          volumes: [{ name: "v", configMap: { name: "cm" } }],
        },
      },
    },
  });
  // Recorded from kube-apiserver 1.36.3.
  expect(json["status"]).toEqual({});
  expect(json["spec"]).toEqual({
    replicas: 1,
    selector: { matchLabels: { a: "b" } },
    template: {
      metadata: { labels: { a: "b" } },
      spec: {
        volumes: [{ name: "v", configMap: { name: "cm", defaultMode: 420 } }],
        containers: [
          {
            name: "c",
            image: "nginx",
            ports: [{ containerPort: 80, protocol: "TCP" }],
            resources: {},
            readinessProbe: {
              httpGet: { path: "/", port: 80, scheme: "HTTP" },
              timeoutSeconds: 1,
              periodSeconds: 10,
              successThreshold: 1,
              failureThreshold: 3,
            },
            terminationMessagePath: "/dev/termination-log",
            terminationMessagePolicy: "File",
            imagePullPolicy: "Always",
          },
        ],
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 30,
        dnsPolicy: "ClusterFirst",
        securityContext: {},
        schedulerName: "default-scheduler",
      },
    },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
});

it("a custom resource loses its status, gets its defaults, and is checked by its schema", async () => {
  await using api = await RawApi.start();
  await api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widgetCrd());
  const path = "/apis/example.com/v1/namespaces/default/widgets";
  await expect.poll(async () => (await api.get(path)).status).toBe(200);
  const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
  const made = await api.post(path, { ...widget, spec: { size: 1 }, status: { ready: 1 } });
  expect(made.json).toMatchObject({ spec: { size: 1, color: "red" }, metadata: { generation: 1 } });
  expect(made.json["status"]).toBeUndefined();
  expect((await api.post(path, { ...widget, metadata: { name: "x" }, spec: { size: 0 } })).json).toMatchObject({
    code: 422,
    message: 'Widget.example.com "x" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
    details: { name: "x", group: "example.com", kind: "Widget", causes: [{ reason: "FieldValueInvalid", field: "spec.size" }] },
  });
});
