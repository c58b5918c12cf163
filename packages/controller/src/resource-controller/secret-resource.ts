import type { KubernetesObject } from "@operatorkit/object";
import { Secret } from "@operatorkit/object/kinds";
import { checkDataResourceOptions, dataResource, type DataResourceOptions } from "./data-resource.ts";
import type { CrudResource } from "./resource.ts";

export type SecretResourceOptions<T extends KubernetesObject> = DataResourceOptions<T, Secret>;

/**
 * A resource that keeps Secrets as desired: missing ones are created, those not desired deleted, and those whose annotations, labels
 * or data differ updated. When the object is being deleted, all current ones are deleted.
 *
 * `stringData` of desired ones is put into `data` before it is compared: the API never shows it, so it would differ for ever.
 *
 * @throws {TypeError} naming the option that cannot work.
 */
export function secretResource<T extends KubernetesObject = KubernetesObject>(
  options: SecretResourceOptions<T>,
): CrudResource<T, readonly Secret[]> {
  checkDataResourceOptions("secretResource", options);
  return dataResource<T, Secret>(Secret, {
    ...options,
    getDesiredState: async (context) => (await options.getDesiredState(context)).map(asStored),
  });
}

/** As the API server stores it: `stringData` wins over `data`. */
function asStored({ stringData, ...secret }: Secret): Secret {
  if (stringData === undefined) return secret;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString("base64")] as const);
  return { ...secret, data: { ...secret.data, ...Object.fromEntries(encoded) } };
}
