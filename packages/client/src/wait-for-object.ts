import { aClient, aKind, isNotFound, type Reader } from "@operatorkit/api";
import { keyOf, type Kind, type KubernetesObject, type ObjectRef } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";
import { aFunction, aNumber, anObject, aString, checkOptions, oneOf, required } from "@operatorkit/observe/options";
import { poll } from "@operatorkit/retry";

export interface WaitForObjectOptions {
  /** Between the end of one look and the next. @default 1_000 */
  readonly intervalMs?: number;
  /** @default 60_000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** What an object that is not there means. @default "fail": the error is thrown at once */
  readonly missing?: "fail" | "wait";
  /** What is waited for, for the error: `to be processed`. @default "to be as wanted" */
  readonly what?: string;
}

/**
 * Gets an object again and again, the first time at once, until `until` is true of it, and resolves with it as it is then.
 *
 * For programs that wait for a few objects; who keeps a copy hears of the change without asking (`Informer`, `Controller`).
 * Rejects with a `TimeoutError` of `@operatorkit/retry` when the time is up, with the signal's reason, with what a request fails with, and
 * with what `until` throws.
 */
export async function waitForObject<T extends KubernetesObject>(
  client: Pick<Reader, "get">,
  kind: Kind<T>,
  ref: ObjectRef,
  until: (object: T) => boolean,
  options: WaitForObjectOptions = {},
): Promise<T> {
  const given = { client: required(aClient("get")), kind: required(aKind), ref: required(anObject({ name: required(aString) })) };
  checkOptions("waitForObject", { client, kind, ref, until }, { ...given, until: required(aFunction) });
  checkOptions("waitForObject", options, {
    intervalMs: aNumber({ atLeast: 0 }),
    timeoutMs: aNumber({ atLeast: 0 }),
    missing: oneOf("fail", "wait"),
  });
  const { intervalMs = 1_000, timeoutMs = 60_000, signal, clock, missing = "fail", what = "to be as wanted" } = options;
  const look = async (): Promise<T | undefined> => {
    try {
      const object = await client.get(kind, ref, signal === undefined ? {} : { signal });
      return until(object) ? object : undefined;
    } catch (error) {
      if (missing === "wait" && isNotFound(error)) return undefined;
      throw error;
    }
  };
  return poll(look, {
    intervalMs,
    timeoutMs,
    signal,
    what: `${kind.kind} ${keyOf(ref)} ${what}`,
    ...(clock !== undefined && { clock }),
  });
}
