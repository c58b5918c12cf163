import type { TokenBinding } from "../auth/service-account-tokens.ts";
import { type JsonObject, isObject, objectAt, stringAt } from "../json-object.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, conflict, notFound } from "../status-error.ts";

/** What a token may be bound to, and whether it is in the service account's namespace. */
const BINDABLE: Readonly<Record<string, { readonly resource: string; readonly claim: keyof TokenBinding; readonly namespaced: boolean }>> =
  {
    Pod: { resource: "pods", claim: "pod", namespaced: true },
    Node: { resource: "nodes", claim: "node", namespaced: false },
    Secret: { resource: "secrets", claim: "secret", namespaced: true },
  };

/**
 * The object that a TokenRequest binds its token to, as the token's claims tell it; a pod's token tells its node too.
 * Source: k8s.io/kubernetes `pkg/registry/core/serviceaccount/storage/token.go` (Create).
 * @throws StatusError 400, 404, 409
 */
export function tokenBinding(context: ServerContext, spec: JsonObject, namespace: string, account: string): TokenBinding {
  const reference = spec["boundObjectRef"];
  if (!isObject(reference)) return {};
  const [apiVersion, kind, name] = [stringAt(reference, "apiVersion"), stringAt(reference, "kind"), stringAt(reference, "name")];
  const bindable = apiVersion.includes("/") ? undefined : BINDABLE[kind];
  if (bindable === undefined) {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const { resource, claim, namespaced } = bindable;
  const stored = context.store.collection(resource).get(namespaced ? namespace : "", name);
  if (stored === undefined) throw notFound({ group: "", resource }, name);
  const podSpec = claim === "pod" ? objectAt(stored.object, "spec") : {};
  if (claim === "pod" && stringAt(podSpec, "serviceAccountName") !== account)
    throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`);
  const uid = stringAt(stored.object["metadata"], "uid");
  const wanted = stringAt(reference, "uid");
  if (wanted !== "" && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: "", resource: kind }, name, why);
  }
  const nodeName = stringAt(podSpec, "nodeName");
  return { ...(nodeName !== "" && { node: nodeClaim(context, nodeName) }), [claim]: { name, uid } };
}

/** A node that nobody has registered is told by its name alone. */
function nodeClaim({ store }: ServerContext, name: string): NonNullable<TokenBinding["node"]> {
  const stored = store.collection("nodes").get("", name);
  return stored === undefined ? { name } : { name, uid: stringAt(stored.object["metadata"], "uid") };
}
