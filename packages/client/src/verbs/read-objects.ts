import { ApiError, type GetOptions, type Listing, type ListOptions, type ListPage } from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject, ObjectRef } from "@operatorkit/object";
import { ObjectListing, type PageRequest } from "../object-listing.ts";
import { collectionPath, objectPath, withQuery } from "../request/resource-path.ts";
import { decodeList } from "../watch/decode-list.ts";
import type { Caller } from "./caller.ts";

export async function getObject<T extends KubernetesObject>(
  caller: Caller,
  kind: Kind<T>,
  ref: ObjectRef,
  options: GetOptions,
): Promise<T> {
  const { resourceVersion } = options;
  const path = (): string => withQuery(objectPath(kind, ref), { resourceVersion });
  return await caller.object(caller.call("get", { kind, ref }, "GET", path, options));
}

export function listObjects<T extends KubernetesObject>(caller: Caller, given: Kind<T> | KindRef, options: ListOptions): Listing<T> {
  const { namespace, labelSelector, fieldSelector, limit } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new ApiError(
      `list ${given.kind}${namespace ? ` in ${namespace}` : ""}: limit is ${limit}, and must be a whole number from 0 (all in one page)`,
      {
        code: "InvalidRequest",
      },
    );
  }
  return new ObjectListing({
    options,
    fetch: async (page: PageRequest): Promise<ListPage<T>> => {
      const kind = await caller.kindFrom("list", given, options);
      const path = (): string => withQuery(collectionPath(kind, namespace), { ...page, labelSelector, fieldSelector });
      const call = caller.call("list", { kind, ref: { namespace } }, "GET", path, options);
      const { items, ...rest } = decodeList(await caller.core.requester.json(call), call.action);
      // The items of built-in lists lack what the list says once; the server vouches for the rest of the type.
      return {
        ...rest,
        items: items.map((item) => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...(item as object) }) as unknown as T),
      };
    },
  });
}
