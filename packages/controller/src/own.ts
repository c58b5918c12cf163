import { aKind } from "@operatorkit/api";
import { withOwner, type Kind, type KubernetesObject, type ObjectMeta } from "@operatorkit/object";
import { anObject, checkOptions, required } from "@operatorkit/observe/options";

/** What can be owned: an object on its way to the server. */
export interface Ownable {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<ObjectMeta>;
}

/**
 * `manifest` with `owner` as its controller, in the owner's namespace unless it says another: Kubernetes deletes it with the
 * owner, and the controller hears of its changes. Source: controller-runtime `controllerutil.SetControllerReference`.
 *
 * @throws {TypeError} for what is no object, and no kind.
 * @throws {OwnerReferenceError} when it is in another namespace, or has another controller.
 */
export function owned<M extends Ownable>(manifest: M, owner: KubernetesObject, kind: Kind): M {
  checkOptions("owned", { manifest, owner, kind }, RULES);
  const namespace = manifest.metadata.namespace ?? owner.metadata.namespace;
  const placed = kind.namespaced && namespace !== undefined ? { ...manifest, metadata: { ...manifest.metadata, namespace } } : manifest;
  return withOwner(placed, owner, kind);
}

const AN_OBJECT = required(anObject({ metadata: required(anObject({})) }));
const RULES = { manifest: AN_OBJECT, owner: AN_OBJECT, kind: required(aKind) };
