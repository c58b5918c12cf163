import type { KubernetesObject } from "@operatorkit/object";
import { ConfigMap } from "@operatorkit/object/kinds";
import { checkDataResourceOptions, dataResource, type DataResourceOptions } from "./data-resource.ts";
import type { CrudResource } from "./resource.ts";

export type ConfigMapResourceOptions<T extends KubernetesObject> = DataResourceOptions<T, ConfigMap>;

/**
 * A resource that keeps ConfigMaps as desired: missing ones are created, those not desired deleted, and those whose annotations,
 * labels, `data` or `binaryData` differ updated. When the object is being deleted, all current ones are deleted.
 *
 * @throws {TypeError} naming the option that cannot work.
 */
export function configMapResource<T extends KubernetesObject = KubernetesObject>(
  options: ConfigMapResourceOptions<T>,
): CrudResource<T, readonly ConfigMap[]> {
  checkDataResourceOptions("configMapResource", options);
  return dataResource<T, ConfigMap>(ConfigMap, options);
}
