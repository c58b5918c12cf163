import type { Pod, ReplicaSet } from "@operatorkit/object/kinds";
import { createHash } from "node:crypto";

/**
 * The pods a ReplicaSet should have and those it should not.
 *
 * Each replica has a numbered slot, and its pod's name follows from the ReplicaSet's uid and the slot. Creating a pod
 * twice is then refused by the API server, and which pod goes when the set shrinks is always the same one: neither
 * depends on how fresh the cache is. (kube-controller-manager uses random names and remembers what it expects instead.)
 */
export interface PodSlots {
  /** Names of pods to create. */
  readonly missing: readonly string[];
  /** Pods to delete: their slot is gone, or they have ended and hold up their slot. */
  readonly surplus: readonly Pod[];
}

/** Compares the pods that belong to `replicaSet` with the slots it asks for. */
export function podSlots(replicaSet: ReplicaSet, pods: readonly Pod[]): PodSlots {
  const wanted = new Set<string>();
  if (replicaSet.metadata.deletionTimestamp === undefined) {
    for (let slot = 0; slot < (replicaSet.spec?.replicas ?? 1); slot += 1) wanted.add(podName(replicaSet, slot));
  }
  const present = new Set<string>();
  const surplus: Pod[] = [];
  for (const pod of pods) {
    present.add(pod.metadata.name);
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    if (!wanted.has(pod.metadata.name) || hasEnded(pod)) surplus.push(pod);
  }
  return { missing: [...wanted].filter((name) => !present.has(name)), surplus };
}

function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";
}

/** `<replica set>-<five characters>`, as kubectl users know it. */
function podName(replicaSet: ReplicaSet, slot: number): string {
  return `${replicaSet.metadata.name}-${safeHash(`${replicaSet.metadata.uid}/${slot}`, 5)}`;
}

/** Characters that make no words and are hard to confuse: apimachinery's `rand.SafeEncodeString`. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** A stable name suffix for `text`. */
export function safeHash(text: string, length: number): string {
  const bytes = createHash("sha256").update(text).digest();
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
