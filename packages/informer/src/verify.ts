import type { ListWatch } from "@operatorkit/api";
import { compareResourceVersions, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { sleep, type Clock } from "@operatorkit/observe";
import type { Store } from "./store.ts";

/** One key about which the copy and the server disagree. */
export interface Difference {
  readonly key: ObjectKey;
  /** `missing`: the server has it, the copy does not. `extra`: the other way round. */
  readonly type: "missing" | "extra" | "different";
  readonly cached: { readonly uid: string; readonly resourceVersion: string } | undefined;
  readonly listed: { readonly uid: string; readonly resourceVersion: string } | undefined;
}

export interface VerifyOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between the two looks. @default 2_000 */
  readonly settleMs?: number | undefined;
}

/** Compares a store with the server twice; what differs the same way both times is not on its way, it is wrong. */
export async function verify<T extends KubernetesObject>({
  clock,
  signal,
  settleMs = 2_000,
  ...sides
}: VerifyOptions<T>): Promise<Difference[]> {
  const first = await differences({ ...sides, signal });
  if (first.length === 0) return [];
  await sleep(settleMs, { clock, signal });
  const second = new Map((await differences({ ...sides, signal })).map((difference) => [difference.key, difference]));
  return first.filter((difference) => isSame(difference, second.get(difference.key)));
}

async function differences<T extends KubernetesObject>({
  listWatch,
  store,
  signal,
}: Pick<VerifyOptions<T>, "listWatch" | "store" | "signal">): Promise<Difference[]> {
  const listed = new Map<ObjectKey, Identity>();
  let version = "";
  let token: string | undefined;
  do {
    const page = await listWatch.list({ limit: 500, ...(token === undefined ? {} : { continue: token }), signal });
    version = page.resourceVersion;
    for (const { key, uid, resourceVersion } of page.entries) listed.set(key, { uid, resourceVersion });
    token = page.continue === "" ? undefined : page.continue;
  } while (token !== undefined);

  const found: Difference[] = [];
  for (const [key, there] of listed) {
    const here = store.get(key);
    if (here === undefined) found.push({ key, type: "missing", cached: undefined, listed: there });
    else if ((here.uid !== there.uid || here.resourceVersion !== there.resourceVersion) && !isAfter(here.resourceVersion, version)) {
      found.push({ key, type: "different", cached: identityOf(here), listed: there });
    }
  }
  for (const here of store.entries()) {
    if (listed.has(here.key) || isAfter(here.resourceVersion, version)) continue;
    found.push({ key: here.key, type: "extra", cached: identityOf(here), listed: undefined });
  }
  return found;
}

interface Identity {
  readonly uid: string;
  readonly resourceVersion: string;
}

function identityOf({ uid, resourceVersion }: Identity): Identity {
  return { uid, resourceVersion };
}

/** The copy is newer than the list: no difference, it merely heard of a change first. */
function isAfter(resourceVersion: string, version: string): boolean {
  return (compareResourceVersions(resourceVersion, version) ?? 0) > 0;
}

function isSame(a: Difference, b: Difference | undefined): boolean {
  if (b === undefined || a.type !== b.type) return false;
  return sameIdentity(a.cached, b.cached) && sameIdentity(a.listed, b.listed);
}

function sameIdentity(a: Identity | undefined, b: Identity | undefined): boolean {
  return a?.uid === b?.uid && a?.resourceVersion === b?.resourceVersion;
}
