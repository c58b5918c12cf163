import { World, type AppCheck, type Rbac } from "@operatorkit/app-kit/testing";
import { noMetrics, sleep, type Metrics } from "@operatorkit/observe";
import type { Client, DefinedKind, KubernetesClient } from "operatorkit";
import type { ClusterRole } from "operatorkit/kinds";
import { connectAsServiceAccount } from "./service-account.ts";
import type { Target } from "./target.ts";

export interface LeastPrivilegeOptions {
  readonly checks: readonly AppCheck[];
  /** What the checks make objects of. */
  readonly kinds: readonly DefinedKind[];
  readonly target: Target;
  readonly admin: KubernetesClient;
  /** Whose role it is about. */
  readonly own: Rbac;
  /** Of the other operators that the checks start. */
  readonly others: readonly Rbac[];
  readonly clientOf: (operator: string) => Client;
  readonly signal: AbortSignal;
}

/** One thing a role allows. */
interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

type Rules = NonNullable<ClusterRole["rules"]>;

/**
 * Takes every verb of every rule away, one at a time, and runs the app's checks until the server refuses the operator something. A right
 * without which nothing is refused is one too many; all of those are named in what this rejects with.
 */
export async function checkLeastPrivilege(options: LeastPrivilegeOptions): Promise<void> {
  const { target, admin, own } = options;
  const { name } = own.serviceAccount;
  const role = own.clusterRole;
  const unused: string[] = [];
  let refused = new AbortController();
  const metrics = onRefusal(() => refused.abort(new Error(`${name} was refused something`)));
  await using client = await connectAsServiceAccount(admin, target, own.serviceAccount, { metrics });
  // Ours has no OwnerReferencesPermissionEnforcement, which is what asks for these.
  const rights = rightsOf(role).filter(({ resource }) => target.name === "real" || !resource.endsWith("/finalizers"));
  try {
    for (const [i, right] of rights.entries()) {
      await admin.apply<ClusterRole>({ ...role, rules: without(role.rules ?? [], right) }, { fieldManager: "deploy", force: true });
      await untilRight(options, right, false);
      refused = new AbortController();
      await runUntil(refused.signal, options, client, { prefix: `${name}-without-${i}`, kept: rights.find((other) => other !== right) });
      if (!refused.signal.aborted) unused.push(`${right.verb} ${right.resource}`);
      await own.apply(admin);
      await untilRight(options, right, true);
    }
  } finally {
    await own.apply(admin);
  }
  if (unused.length > 0) throw new Error(`${name} does without: ${unused.join(", ")}`);
}

/** Runs the checks one after the other, until `refused` is aborted; the last first, since those see more of the operator. */
async function runUntil(
  refused: AbortSignal,
  options: LeastPrivilegeOptions,
  client: Client,
  { prefix, kept }: { readonly prefix: string; readonly kept: Right | undefined },
): Promise<void> {
  const { admin, own, others, checks, kinds, clientOf, signal } = options;
  for (const [i, check] of checks.toReversed().entries()) {
    const namespace = `${prefix}-${i}`;
    for (const grants of [own, ...others]) await grants.applyIn(namespace, admin);
    // What is refused must be refused for the right that is missing.
    if (kept !== undefined) await untilRight(options, kept, true, namespace);
    const cluster = {
      admin,
      clientOf: (operator: string) => (operator === own.serviceAccount.name ? client : clientOf(operator)),
      signal,
      giveUp: refused,
    };
    try {
      await World.run(check, cluster, namespace, kinds);
    } catch (error) {
      if (!refused.aborted) throw error;
    }
    if (refused.aborted) return;
  }
}

function rightsOf({ rules = [] }: ClusterRole): Right[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
}

function without(rules: Rules, { group, resource, verb }: Right): Rules {
  return rules.flatMap((rule) => {
    if (rule.apiGroups?.includes(group) !== true || rule.resources?.includes(resource) !== true) return [rule];
    const verbs = rule.verbs.filter((other) => other !== verb);
    return verbs.length === 0 ? [] : [{ ...rule, verbs }];
  });
}

/** A real server hears of a changed role a moment later. */
async function untilRight(
  { target, own, signal }: LeastPrivilegeOptions,
  right: Right,
  isAllowed: boolean,
  where: string = own.serviceAccount.namespace,
): Promise<void> {
  const { name, namespace } = own.serviceAccount;
  const [resource, subresource] = right.resource.split("/");
  const resourceAttributes = { group: right.group, resource, subresource, verb: right.verb, namespace: where };
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user: `system:serviceaccount:${namespace}:${name}`, groups, resourceAttributes },
  };
  for (let looks = 0; looks < 200; looks += 1) {
    const answer = await target.http.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", { body });
    if ((answer.json as { status?: { allowed?: boolean } }).status?.allowed === isAllowed) return;
    await sleep(20, { signal });
  }
  throw new Error(`${name} ${isAllowed ? "may not" : "may still"} ${right.verb} ${right.resource}`);
}

/** Metrics of a client, as far as they say that the server refused a request. */
function onRefusal(refused: () => void): Metrics {
  return {
    ...noMetrics,
    counter: ({ name }) => ({
      add(_, labels) {
        if (name === "rest_client_requests_total" && labels?.["code"] === "403") refused();
      },
      remove() {},
    }),
  };
}
