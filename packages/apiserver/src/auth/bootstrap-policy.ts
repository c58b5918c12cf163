import type { JsonObject } from "../json-object.ts";

const GROUP = "rbac.authorization.k8s.io";

interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly JsonObject[];
  /** The groups it is bound to under the same name. */
  readonly groups: readonly string[];
}

const get = (nonResourceURLs: string): JsonObject => ({ verbs: ["get"], nonResourceURLs: nonResourceURLs.split(" ") });
const create = (group: string, ...resources: string[]): JsonObject => ({ verbs: ["create"], apiGroups: [group], resources });

/**
 * The roles every cluster starts with, as far as they are for its users and not for its own components.
 * Source: k8s.io/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`.
 */
const ROLES: readonly BootstrapRole[] = [
  {
    name: "cluster-admin",
    rules: [
      { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
      { verbs: ["*"], nonResourceURLs: ["*"] },
    ],
    groups: ["system:masters"],
  },
  {
    name: "system:auth-delegator",
    rules: [create("authentication.k8s.io", "tokenreviews"), create("authorization.k8s.io", "subjectaccessreviews")],
    groups: [],
  },
  {
    name: "system:basic-user",
    rules: [
      create("authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectrulesreviews"),
      create("authentication.k8s.io", "selfsubjectreviews"),
    ],
    groups: ["system:authenticated"],
  },
  {
    name: "system:discovery",
    rules: [get("/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")],
    groups: ["system:authenticated"],
  },
  {
    name: "system:monitoring",
    rules: [
      get("/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz"),
      { verbs: ["get"], apiGroups: [""], resources: ["nodes/metrics"] },
    ],
    groups: ["system:monitoring"],
  },
  {
    name: "system:public-info-viewer",
    rules: [get("/healthz /livez /readyz /version /version/")],
    groups: ["system:authenticated", "system:unauthenticated"],
  },
  {
    name: "system:service-account-issuer-discovery",
    rules: [get("/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/")],
    groups: ["system:serviceaccounts"],
  },
];

/** Their ClusterRoles. `metadata` is what every new object gets. */
export function bootstrapRoles(metadata: () => JsonObject): readonly JsonObject[] {
  return ROLES.map(({ name, rules }) => ({ apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: named(name, metadata()), rules }));
}

/** Their ClusterRoleBindings. */
export function bootstrapBindings(metadata: () => JsonObject): readonly JsonObject[] {
  return ROLES.filter(({ groups }) => groups.length > 0).map(({ name, groups }) => ({
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: named(name, metadata()),
    subjects: groups.map((group) => ({ kind: "Group", apiGroup: GROUP, name: group })),
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name },
  }));
}

function named(name: string, metadata: JsonObject): JsonObject {
  const labels = { "kubernetes.io/bootstrapping": "rbac-defaults" };
  const annotations = { "rbac.authorization.kubernetes.io/autoupdate": "true" };
  return { name, ...metadata, labels, annotations };
}
