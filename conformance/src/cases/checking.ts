import assert from "node:assert/strict";
import { assertCode, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { paths } from "./sample-objects.ts";

/** `field: message` of every cause, in no order; of a message its first sentence, since what regular expressions say is long. */
async function refused(api: CaseContext, path: string, body: JsonBody): Promise<string[]> {
  const { details } = assertStatus(await api.post(`${path}?dryRun=All`, body), 422);
  return details.causes
    .map(({ field, message }: JsonBody) => `${field}: ${String(message).replace(/(must consist of|, and must|\(e\.g\.).*/s, "$1")}`)
    .toSorted();
}

interface Wrong {
  readonly spec: JsonBody;
  readonly causes: readonly string[];
}

async function checkAll(api: CaseContext, path: string, objectOf: (spec: JsonBody) => JsonBody, table: readonly Wrong[]): Promise<void> {
  for (const { spec, causes } of table) assert.deepEqual(await refused(api, path, objectOf(spec)), causes.toSorted(), JSON.stringify(spec));
}

const RANGE = "must be between 1 and 65535, inclusive";
const PORT_NAME = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
const PROTOCOLS = 'supported values: "SCTP", "TCP", "UDP"';
const NEGATIVE = "Invalid value: -1: must be greater than or equal to 0";

export const checkingCases: readonly ApiCase[] = [
  {
    name: "a pod is checked: policies, deadlines, ports, variables, volumes and names",
    async run(api) {
      const container = (more: JsonBody): JsonBody => ({ containers: [{ name: "m", image: "i", ...more }] });
      const ports = [{ containerPort: 0 }, { containerPort: 70_000, protocol: "X", name: "n" }, { containerPort: 1, name: "Bad_" }];
      const at = "spec.containers[0]";
      await checkAll(
        api,
        `/api/v1/namespaces/${await api.namespace()}/pods`,
        (spec) => ({ metadata: { name: "p" }, spec: { ...container({}), ...spec } }),
        [
          {
            spec: { restartPolicy: "Sometimes" },
            causes: ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
          },
          {
            spec: { activeDeadlineSeconds: 0 },
            causes: ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"],
          },
          {
            spec: { dnsPolicy: "X" },
            causes: [
              'spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
            ],
          },
          {
            spec: container({ ports, env: [{ name: "" }, { name: "1=" }], imagePullPolicy: "X" }),
            causes: [
              `${at}.ports[0].containerPort: Required value`,
              `${at}.ports[1].containerPort: Invalid value: 70000: ${RANGE}`,
              `${at}.ports[1].protocol: Unsupported value: "X": ${PROTOCOLS}`,
              `${at}.ports[2].name: Invalid value: "Bad_": ${PORT_NAME}`,
              `${at}.env[0].name: Required value`,
              `${at}.env[1].name: Invalid value: "1=": a valid environment variable name must consist of`.replace(
                "must consist of",
                "must consist only of printable ASCII characters other than '='",
              ),
              `${at}.imagePullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"`,
            ],
          },
          {
            spec: { volumes: [{ name: "Bad_" }, { name: "v", emptyDir: {} }, { name: "v", emptyDir: {} }] },
            causes: [
              'spec.volumes[0].name: Invalid value: "Bad_": a lowercase RFC 1123 label must consist of',
              'spec.volumes[2].name: Duplicate value: "v"',
            ],
          },
          {
            spec: container({ volumeMounts: [{ name: "none", mountPath: "/x" }] }),
            causes: [`${at}.volumeMounts[0].name: Not found: "none"`],
          },
          { spec: { hostname: "Bad_" }, causes: ['spec.hostname: Invalid value: "Bad_": a lowercase RFC 1123 label must consist of'] },
        ],
      );
    },
  },
  {
    name: "a Service is checked: ports, protocols, affinity, selector and external name",
    async run(api) {
      const path = `/api/v1/namespaces/${await api.namespace()}/services`;
      const service = (spec: JsonBody): JsonBody => ({ metadata: { name: "s" }, spec: { clusterIP: "None", ...spec } });
      const port = "spec.ports[0]";
      await checkAll(api, path, service, [
        { spec: { ports: [{ port: 80, targetPort: "Bad_" }] }, causes: [`${port}.targetPort: Invalid value: "Bad_": ${PORT_NAME}`] },
        { spec: { ports: [{ port: 80, targetPort: 70_000 }] }, causes: [`${port}.targetPort: Invalid value: 70000: ${RANGE}`] },
        { spec: { ports: [{ port: 80, protocol: "ICMP" }] }, causes: [`${port}.protocol: Unsupported value: "ICMP": ${PROTOCOLS}`] },
        {
          spec: { sessionAffinity: "Odd" },
          causes: ['spec.sessionAffinity: Unsupported value: "Odd": supported values: "ClientIP", "None"'],
        },
        { spec: { selector: { "b!": "x" } }, causes: ['spec.selector: Invalid value: "b!": name part must consist of'] },
        {
          spec: {
            ports: [
              { port: 80, name: "a" },
              { port: 80, name: "b" },
            ],
          },
          causes: ['spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}'],
        },
      ]);
      await checkAll(api, path, (spec) => ({ metadata: { name: "s" }, spec: { type: "ExternalName", ...spec } }), [
        { spec: {}, causes: ["spec.externalName: Required value"] },
        {
          spec: { externalName: "Bad_" },
          causes: ['spec.externalName: Invalid value: "Bad_": a lowercase RFC 1123 subdomain must consist of'],
        },
      ]);
      const affine = await api.post(`${path}?dryRun=All`, service({ sessionAffinity: "ClientIP", selector: { a: "b" } }));
      assertCode(affine, 201);
      assert.equal(affine.headers["warning"], '299 - "spec.SessionAffinity is ignored for headless services"');
      const free = assertCode(await api.post(`${path}?dryRun=All`, service({})), 201).spec;
      assert.deepEqual([free.ipFamilies, free.ipFamilyPolicy], [["IPv4", "IPv6"], "RequireDualStack"]);
    },
  },
  {
    name: "a Deployment is checked: strategy, counts, labels and annotations of its pods",
    async run(api) {
      const path = paths.deployments(await api.namespace());
      const deployment = ({ template = {}, ...spec }: JsonBody): JsonBody => ({
        metadata: { name: "d" },
        spec: {
          selector: { matchLabels: { app: "w" } },
          template: {
            metadata: { labels: { app: "w" }, ...template.metadata },
            spec: { containers: [{ name: "m", image: "i" }], ...template.spec },
          },
          ...spec,
        },
      });
      const rolling = (rollingUpdate: JsonBody): JsonBody => ({ strategy: { rollingUpdate } });
      const at = "spec.strategy.rollingUpdate";
      await checkAll(api, path, deployment, [
        {
          spec: { strategy: { type: "Foo" } },
          causes: ['spec.strategy: Unsupported value: {"Type":"Foo","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
        },
        {
          spec: { strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } },
          causes: [`${at}: Forbidden: may not be specified when strategy \`type\` is 'Recreate'`],
        },
        {
          spec: rolling({ maxSurge: 0, maxUnavailable: 0 }),
          causes: [`${at}.maxUnavailable: Invalid value: 0: may not be 0 when \`maxSurge\` is 0`],
        },
        {
          spec: rolling({ maxSurge: "x", maxUnavailable: "101%" }),
          causes: [
            `${at}.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g.`,
            `${at}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`,
          ],
        },
        {
          spec: { minReadySeconds: -1, revisionHistoryLimit: -1, progressDeadlineSeconds: -1 },
          causes: [
            `spec.minReadySeconds: ${NEGATIVE}`,
            `spec.revisionHistoryLimit: ${NEGATIVE}`,
            `spec.progressDeadlineSeconds: ${NEGATIVE}`,
            "spec.progressDeadlineSeconds: Invalid value: -1: must be greater than minReadySeconds",
          ],
        },
        {
          spec: { minReadySeconds: 700 },
          causes: ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"],
        },
        {
          spec: { template: { metadata: { labels: { app: "w", x: "a:b" }, annotations: { "b!": "x" } } } },
          causes: [
            "spec.template.labels: Invalid value: \"a:b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must",
            'spec.template.annotations: Invalid value: "b!": name part must consist of',
          ],
        },
        {
          spec: { selector: { matchLabels: { "b!": "c" } } },
          causes: [
            'spec.selector.matchLabels: Invalid value: "b!": name part must consist of',
            'spec.selector: Invalid value: {"matchLabels":{"b!":"c"}}: invalid label selector',
          ],
        },
        {
          spec: { template: { spec: { activeDeadlineSeconds: 5 } } },
          causes: ["spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"],
        },
      ]);
    },
  },
  {
    name: "a Secret of a known type has what the type says",
    async run(api) {
      const path = `/api/v1/namespaces/${await api.namespace()}/secrets`;
      const table: Readonly<Record<string, readonly string[]>> = {
        "kubernetes.io/basic-auth": ["data[username]", "data[password]"],
        "kubernetes.io/ssh-auth": ["data[ssh-privatekey]"],
        "kubernetes.io/tls": ["data[tls.crt]", "data[tls.key]"],
        "kubernetes.io/dockerconfigjson": ["data[.dockerconfigjson]"],
      };
      for (const [type, fields] of Object.entries(table)) {
        const wanted = fields.map((field) => `${field}: Required value`).toSorted();
        assert.deepEqual(await refused(api, path, { metadata: { name: "s" }, type }), wanted, type);
      }
    },
  },
  {
    name: "a pod keeps its class of service, its containers and the tolerations every pod has, whatever an update says",
    async run(api) {
      const pod = `/api/v1/namespaces/${await api.namespace()}/pods`;
      await api.create(pod, { metadata: { name: "p" }, spec: { containers: [{ name: "m", image: "i" }] } });
      const status = assertCode(await api.patch("merge", `${pod}/p/status`, { status: null }), 200).status;
      assert.equal(status.qosClass, "BestEffort");
      const tolerations = [{ key: "k", operator: "Exists" }];
      const kept = assertCode(await api.patch("merge", `${pod}/p?dryRun=All`, { spec: { tolerations } }), 200);
      assert.deepEqual(
        kept.spec.tolerations.map(({ key }: JsonBody) => key),
        ["k", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"],
      );
      const more = {
        spec: {
          containers: [
            { name: "m", image: "i" },
            { name: "n", image: "i" },
          ],
        },
      };
      const answer = assertStatus(await api.patch("merge", `${pod}/p`, more), 422);
      assert.deepEqual(answer.details.causes, [
        { reason: "FieldValueForbidden", message: "Forbidden: pod updates may not add or remove containers", field: "spec.containers" },
      ]);
    },
  },
  {
    name: "a role without rules has null, and an empty list of them is owned",
    async run(api) {
      const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${await api.namespace()}/roles`;
      const none = await api.create(roles, { metadata: { name: "none" } });
      assert.deepEqual([none.rules, none.metadata.managedFields], [null, undefined]);
      const empty = await api.create(roles, { metadata: { name: "empty" }, rules: [] });
      assert.deepEqual([empty.rules, empty.metadata.managedFields[0].fieldsV1], [null, { "f:rules": {} }]);
    },
  },
  {
    name: "text that is no base64 is a server error when it is applied",
    async run(api) {
      const path = `/api/v1/namespaces/${await api.namespace()}/secrets/s`;
      const answer = await api.apply(path, "m", { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "!" } });
      assertStatus(answer, 500, {
        message:
          "failed to convert new object (/s; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 0",
      });
    },
  },
  {
    name: "an empty list of metadata alone has null for items, and a token that is none is told by its first character",
    async run(api) {
      const path = paths.configMaps(await api.namespace());
      const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
      assert.equal(assertCode(await api.get(`${path}?labelSelector=no`, { headers: { accept } }), 200).items, null);
      assertStatus(await api.get(`${path}?continue=nonsense`), 400, {
        message: "invalid continue token: continue key is not valid: invalid character '\\u009e' looking for beginning of value",
      });
    },
  },
];
