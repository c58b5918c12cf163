import type { ObjectKey } from "@operatorkit/object";
import { Encoding, objectScan } from "./object-scan.ts";
import { ObjectPlan } from "./object-plan.ts";
import { ENCODING, HEAD, numberAt, PLAIN, SHAPE, TEXT_LENGTH, UID_LENGTH, VERSION_LENGTH } from "./packed-layout.ts";

/**
 * What was packed, as `JSON.parse` would make it of the text. `isShared` when its strings need not be looked at: those that come again are
 * the same strings already.
 */
export function packedObject(packed: string, key: ObjectKey): { readonly value: unknown; readonly isShared: boolean } {
  const encoding = packed.charCodeAt(ENCODING) as Encoding;
  const shape = numberAt(packed, SHAPE);
  if (shape === PLAIN) {
    const text = packed.slice(HEAD + packed.charCodeAt(VERSION_LENGTH) + packed.charCodeAt(UID_LENGTH));
    return { value: JSON.parse(encoding === Encoding.utf8 ? Buffer.from(text, "latin1").toString("utf8") : text), isShared: false };
  }
  const plan = encoding === Encoding.plain ? planOf(shape) : undefined;
  if (plan !== undefined) return { value: plan.object(packed, key), isShared: true };
  return { value: JSON.parse(objectScan().unpack(packed, key, numberAt(packed, TEXT_LENGTH), encoding)), isShared: false };
}

/** By the number of the shape; null for one that `JSON.parse` has to read. */
const plans: (ObjectPlan | null)[] = [];

function planOf(shape: number): ObjectPlan | undefined {
  let plan = plans[shape];
  if (plan === undefined) {
    plan = ObjectPlan.of(objectScan().shape(shape)) ?? null;
    plans[shape] = plan;
  }
  return plan ?? undefined;
}
