import { sleep } from "@operatorkit/observe";
import type { Kind } from "@operatorkit/object";
import type { Target } from "./target.ts";

/** Somebody who may make dependents and block the deletion of owners, and is no administrator: those are not asked. */
const USER = "blocking-owners-check";
const ROLES = "/apis/rbac.authorization.k8s.io/v1";
const LOOK_EVERY_MS = 200;
/** The admission plugin asks for kinds again every 30 s. */
const DEADLINE_MS = 60_000;

/**
 * Waits until objects of these kinds may be named as owners whose deletion is blocked. A kube-apiserver with
 * OwnerReferencesPermissionEnforcement knows a new kind up to 30 s later than it serves it, and refuses its dependents until then
 * ("cannot find RESTMapping").
 */
export async function blockingOwners(
  { http, name }: Target,
  kinds: readonly Kind[],
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const metadata = { name: USER };
  const rules = [
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
    ...kinds.map(({ group, plural }) => ({ apiGroups: [group], resources: [`${plural}/finalizers`], verbs: ["update"] })),
  ];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: USER };
  const subjects = [{ kind: "User", name: USER }];
  const grants = [
    ["clusterroles", { metadata, rules }],
    ["clusterrolebindings", { metadata, roleRef, subjects }],
  ] as const;
  try {
    for (const [resource, body] of grants) {
      const { status, text } = await http.request("POST", `${ROLES}/${resource}`, { body });
      if (status !== 201) throw new Error(`grant ${USER} what asks for owners on ${name}: ${status} ${text}`);
    }
    for (const { apiVersion, kind } of kinds) {
      const ownerReferences = [{ apiVersion, kind, name: "owner", uid: "b6b4f0a0-0000-4000-8000-000000000000", blockOwnerDeletion: true }];
      const body = { metadata: { name: "dependent", ownerReferences } };
      for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
        const { status, text } = await http.request("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", {
          body,
          headers: { "impersonate-user": USER },
          signal,
        });
        if (status === 201) break;
        if (status !== 403 || waitedMs > DEADLINE_MS) throw new Error(`block the deletion of a ${kind} on ${name}: ${status} ${text}`);
        await sleep(LOOK_EVERY_MS, { signal });
      }
    }
  } finally {
    for (const [resource] of grants) await http.request("DELETE", `${ROLES}/${resource}/${USER}`);
  }
}
