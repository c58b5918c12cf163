import { ApiError, isApiError, isNotFound } from "@operatorkit/api";
import type { Kind, KindRef } from "@operatorkit/object";

/** The part of an `APIResourceList` that is read. Source: apimachinery `meta/v1` APIResource. */
interface ApiResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** The part of an `APIGroupList` that is read. */
interface ApiGroupList {
  readonly groups?: readonly { readonly preferredVersion?: { readonly groupVersion?: string } }[];
}

/** Gets a discovery document by its path. Rejects with an `ApiError`. */
export type DiscoveryFetch = (path: string) => Promise<unknown>;

/**
 * Finds the kind behind an `apiVersion` and `kind`. To find the URL of an object, every `Kind` value the client was ever
 * given will do, which costs no request; to `resolve`, the server is asked.
 *
 * It asks for one group version's document, `/apis/apps/v1`: every server has it, it is small, and one answer covers all
 * kinds of that version. (Aggregated discovery is one request for everything, and a megabyte on a cluster with many CRDs.)
 * A kind that is not in a document already read makes it be read again, so a CRD installed later is found.
 */
export class RestMapper {
  readonly #fetch: DiscoveryFetch;
  /** Kinds that callers gave us: right about the URL, no proof that the server has them. */
  readonly #learned = new Map<string, Kind>();
  readonly #discovered = new Map<string, Kind>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(fetch: DiscoveryFetch) {
    this.#fetch = fetch;
  }

  /** Remembers a kind that the caller knows. */
  learn(kind: Kind): void {
    const key = keyFor(kind);
    if (!this.#learned.has(key)) this.#learned.set(key, kind);
  }

  /** The kind, without asking. The server may not serve it. */
  known(ref: KindRef): Kind | undefined {
    return this.#learned.get(keyFor(ref)) ?? this.#discovered.get(keyFor(ref));
  }

  /** The kind. Rejects with `NotFound` when the server does not serve it. */
  async resolve(ref: KindRef): Promise<Kind> {
    const known = this.#discovered.get(keyFor(ref));
    if (known !== undefined) return known;
    await this.#ask(ref.apiVersion);
    const found = this.#discovered.get(keyFor(ref));
    if (found === undefined) throw notServed(ref);
    return found;
  }

  /** True when the server's discovery lists the kind now, whatever is remembered. */
  async isServed(ref: KindRef): Promise<boolean> {
    try {
      return (await this.#read(ref.apiVersion)).some((kind) => kind.kind === ref.kind);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * Every kind that takes all of `verbs`, each in its group's preferred version. A group whose API server is not to be
   * reached has none.
   */
  async all(verbs: readonly string[]): Promise<Kind[]> {
    const document = (await this.#fetch("/apis")) as ApiGroupList | null;
    if (!Array.isArray(document?.groups)) {
      throw new ApiError("discover API groups: the answer is not an APIGroupList: it has no groups", { code: "MalformedResponse" });
    }
    const versions = ["v1", ...document.groups.flatMap(({ preferredVersion }) => preferredVersion?.groupVersion ?? [])];
    const kinds = await Promise.all(
      versions.map(async (version) => {
        try {
          return await this.#read(version, verbs);
        } catch (error) {
          if (isNotFound(error) || (isApiError(error) && error.code === "ServiceUnavailable")) return [];
          throw error;
        }
      }),
    );
    return kinds.flat();
  }

  /** Those who ask for one version at the same time share a request. */
  #ask(apiVersion: string): Promise<void> {
    const running = this.#asking.get(apiVersion);
    if (running !== undefined) return running;
    const asking = this.#read(apiVersion)
      .then((kinds) => kinds.forEach((kind) => this.#discovered.set(keyFor(kind), kind)))
      .catch((error: unknown) => {
        // A group version that is not served has no kinds; that is told per kind.
        if (!isNotFound(error)) throw error;
      })
      .finally(() => this.#asking.delete(apiVersion));
    this.#asking.set(apiVersion, asking);
    return asking;
  }

  async #read(apiVersion: string, verbs: readonly string[] = []): Promise<Kind[]> {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const document = (await this.#fetch(path)) as { readonly resources?: unknown } | null;
    if (!Array.isArray(document?.resources)) {
      throw new ApiError(`discover ${apiVersion}: the answer is not an APIResourceList: it has no resources`, {
        code: "MalformedResponse",
      });
    }
    // Subresources have a slash in their names.
    const resources = (document.resources as ApiResource[]).filter(({ name }) => !name.includes("/"));
    return resources
      .filter((resource) => verbs.every((verb) => resource.verbs?.includes(verb) === true))
      .map((resource) => kindOf(apiVersion, resource));
  }
}

function kindOf(apiVersion: string, resource: ApiResource): Kind {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    apiVersion,
    kind: resource.kind,
    plural: resource.name,
    singular: resource.singularName || resource.kind.toLowerCase(),
    listKind: `${resource.kind}List`,
    namespaced: resource.namespaced,
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
  };
}

function keyFor({ apiVersion, kind }: KindRef): string {
  return `${apiVersion}/${kind}`;
}

function notServed({ apiVersion, kind }: KindRef): ApiError {
  return new ApiError(
    `resolve ${kind} of ${apiVersion}: the server does not serve it; is its CustomResourceDefinition installed, and are both spelled right?`,
    {
      code: "NotFound",
      status: 404,
    },
  );
}
