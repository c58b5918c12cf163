import { UsageError } from "@operatorkit/app-kit";

/** What the environment says to the Pod operator. */
export interface PodSettings {
  readonly namespace: string;
  /** Pods that are Pending for longer are deleted; never when left out. */
  readonly deletePendingAfterMs: number | undefined;
}

/** Reads `PO_NAMESPACE` and `PO_PENDING_LIMIT_SECONDS`. Throws a `UsageError` that names the variable. */
export function podSettings({ PO_NAMESPACE = "", PO_PENDING_LIMIT_SECONDS = "" }: NodeJS.ProcessEnv): PodSettings {
  const namespace = PO_NAMESPACE === "" ? "worker" : PO_NAMESPACE;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError(`PO_NAMESPACE=${namespace} is no namespace's name: give up to 63 lower-case letters, digits and hyphens`);
  const seconds = Number(PO_PENDING_LIMIT_SECONDS);
  if (PO_PENDING_LIMIT_SECONDS !== "" && !(Number.isFinite(seconds) && seconds > 0))
    throw new UsageError(
      `PO_PENDING_LIMIT_SECONDS=${PO_PENDING_LIMIT_SECONDS} is no time: give a number of seconds above 0, or leave it out`,
    );
  return { namespace, deletePendingAfterMs: PO_PENDING_LIMIT_SECONDS === "" ? undefined : seconds * 1000 };
}
