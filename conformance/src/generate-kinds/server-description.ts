import { readFileSync } from "node:fs";
import { request } from "node:https";
import { parse } from "yaml";

/** One definition of the server's OpenAPI v3 documents, as the server writes it. */
export interface Definition {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly required?: readonly string[];
  readonly items?: Definition;
  readonly additionalProperties?: Definition | boolean;
  readonly allOf?: readonly Definition[];
  readonly oneOf?: readonly Definition[];
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly default?: unknown;
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** One kind with objects of its own, as discovery tells it. */
export interface ServedKind extends GroupVersionKind {
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

/** Everything the generator needs to know about a server. */
export interface ServerDescription {
  readonly version: string;
  readonly kinds: readonly ServedKind[];
  /** Kinds that only subresources speak: Scale, Eviction, TokenRequest. */
  readonly subresourceKinds: readonly GroupVersionKind[];
  /** By definition name: `io.k8s.api.apps.v1.Deployment`. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** `group/version` (`/v1` for the core group) to the names of the definitions in its document. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
}

const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Reads discovery and OpenAPI v3 of the server a kubeconfig names. Groups of custom resources are left out. */
export async function describeServer(kubeconfigPath: string): Promise<ServerDescription> {
  const get = getter(kubeconfigPath);
  const { gitVersion } = (await get("/version")) as { gitVersion: string };
  const customGroups = new Set(
    ((await get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")) as { items: { spec: { group: string } }[] }).items.map(
      (definition) => definition.spec.group,
    ),
  );
  const discovered = [...(await discover(get, "/api")), ...(await discover(get, "/apis"))].filter((one) => !customGroups.has(one.group));

  const kinds: ServedKind[] = [];
  const subresourceKinds = new Map<string, GroupVersionKind>();
  for (const { group, version, resources } of discovered) {
    for (const resource of resources) {
      kinds.push({
        group,
        version,
        kind: resource.responseKind.kind,
        plural: resource.resource,
        singular: resource.singularResource,
        namespaced: resource.scope === "Namespaced",
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        verbs: resource.verbs,
      });
      for (const { responseKind } of resource.subresources ?? []) {
        const gvk = { group: responseKind.group || group, version: responseKind.version || version, kind: responseKind.kind };
        if (gvk.kind !== resource.responseKind.kind) subresourceKinds.set(JSON.stringify(gvk), gvk);
      }
    }
  }

  const definitions = new Map<string, Definition>();
  const documents = new Map<string, string[]>();
  for (const { group, version } of discovered) {
    const path = group === "" ? `/openapi/v3/api/${version}` : `/openapi/v3/apis/${group}/${version}`;
    const document = (await get(path)) as { components: { schemas: Record<string, Definition> } };
    documents.set(`${group}/${version}`, Object.keys(document.components.schemas).sort());
    for (const [name, definition] of Object.entries(document.components.schemas)) {
      // The core document comes first: DeleteOptions and WatchEvent differ between documents in their list of groups only.
      if (!definitions.has(name)) definitions.set(name, definition);
    }
  }
  return { version: gitVersion, kinds, subresourceKinds: [...subresourceKinds.values()], definitions, documents };
}

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind: GroupVersionKind;
  readonly scope: "Namespaced" | "Cluster";
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly responseKind: GroupVersionKind }[];
}

interface DiscoveredVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly DiscoveredResource[];
}

type Get = (path: string, accept?: string) => Promise<unknown>;

async function discover(get: Get, root: string): Promise<DiscoveredVersion[]> {
  const list = (await get(root, DISCOVERY)) as {
    items: { metadata: { name?: string }; versions: { version: string; resources: DiscoveredResource[] }[] }[];
  };
  return list.items.flatMap((item) =>
    item.versions.map(({ version, resources }) => ({ group: item.metadata.name ?? "", version, resources })),
  );
}

function getter(kubeconfigPath: string): Get {
  const kubeconfig = parse(readFileSync(kubeconfigPath, "utf8")) as {
    clusters: { cluster: { server: string; "certificate-authority-data"?: string; "insecure-skip-tls-verify"?: boolean } }[];
    users: { user: { token: string } }[];
  };
  const cluster = kubeconfig.clusters[0]?.cluster;
  const token = kubeconfig.users[0]?.user.token;
  if (cluster === undefined || token === undefined) throw new Error(`${kubeconfigPath}: needs one cluster and one user with a token`);
  const ca = cluster["certificate-authority-data"];
  return (path, accept = "application/json") =>
    new Promise((resolve, reject) => {
      const req = request(new URL(path, cluster.server), {
        headers: { authorization: `Bearer ${token}`, accept },
        ...(ca === undefined ? {} : { ca: Buffer.from(ca, "base64") }),
        rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      });
      req.once("error", reject);
      req.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`GET ${path}: ${response.statusCode} ${text.slice(0, 200)}`));
        });
      });
      req.end();
    });
}
