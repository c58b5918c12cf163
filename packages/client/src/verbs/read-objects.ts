import type { GetOptions, Listing, ListOptions, ListPage, MetadataOnly } from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject, ObjectRef, PartialObjectMetadata } from "@operatorkit/object";
import { aNumber } from "@operatorkit/observe/options";
import { ObjectListing, type PageRequest } from "../object-listing.ts";
import { checkRequest } from "../request/check-request.ts";
import { METADATA_ONLY, metadataOf } from "../request/metadata-only.ts";
import { collectionPath, objectPath, withQuery } from "../request/resource-path.ts";
import { decodeList } from "../watch/decode-list.ts";
import type { Caller } from "./caller.ts";

export async function getObject<T extends KubernetesObject>(
  caller: Caller,
  kind: Kind<T>,
  ref: ObjectRef,
  options: GetOptions & Partial<MetadataOnly>,
): Promise<T | PartialObjectMetadata<T>> {
  const { resourceVersion, metadataOnly } = options;
  const path = (): string => withQuery(objectPath(kind, ref), { resourceVersion });
  const call = caller.call("get", { kind, ref }, "GET", path, options);
  if (metadataOnly !== true) return await caller.object(call);
  return metadataOf(kind, await caller.object<KubernetesObject>({ ...call, accept: METADATA_ONLY.object }));
}

export function listObjects<T extends KubernetesObject>(
  caller: Caller,
  given: Kind<T> | KindRef,
  options: ListOptions & Partial<MetadataOnly>,
): Listing<T> {
  const { namespace, labelSelector, fieldSelector, limit, metadataOnly } = options;
  checkRequest(`list ${given.kind}${namespace ? ` in ${namespace}` : ""}`, { limit }, { limit: aNumber({ atLeast: 0, whole: true }) });
  return new ObjectListing({
    options,
    fetch: async (page: PageRequest): Promise<ListPage<T>> => {
      const kind = await caller.kindFrom("list", given, options);
      const path = (): string => withQuery(collectionPath(kind, namespace), { ...page, labelSelector, fieldSelector });
      const call = caller.call("list", { kind, ref: { namespace } }, "GET", path, options);
      const asked = metadataOnly === true ? { ...call, accept: METADATA_ONLY.list } : call;
      const { items, ...rest } = decodeList(await caller.core.requester.json(asked), call.action);
      // The items of built-in lists lack what the list says once; the server vouches for the rest of the type.
      const whole = (item: unknown): T => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...(item as object) }) as unknown as T;
      const part = (item: unknown): T => metadataOf(kind, (item ?? {}) as KubernetesObject) as T;
      return { ...rest, items: items.map(metadataOnly === true ? part : whole) };
    },
  });
}
