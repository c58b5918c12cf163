import { ConfigMap } from "@operatorkit/object/kinds";
import { constantBackoff, type Backoff } from "@operatorkit/retry";
import type { ControllerOptions } from "../controller.ts";
import type { ReconcileContext } from "../reconcile-context.ts";
import type { ReconcileResult } from "../reconcile-result.ts";
import { Echo } from "./harness.ts";

/** A second after every failure. */
export const backoff: Backoff = constantBackoff(1000);

/** A reconcile that notes the keys it is called with. */
export function noting(): { keys: string[]; reconcile: (context: ReconcileContext<Echo>) => void } {
  const keys: string[] = [];
  return { keys, reconcile: ({ key }) => void keys.push(key) };
}

export function configMapOf({ object, own }: ReconcileContext<Echo>): ConfigMap {
  return own<ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: object.metadata.name },
    data: { text: object.spec.text },
  });
}

export function ownedBy(owner: Echo | undefined): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "child",
      namespace: "n",
      ownerReferences: [
        {
          apiVersion: "example.com/v1",
          kind: "Echo",
          name: owner?.metadata.name ?? "",
          uid: owner?.metadata.uid ?? "",
          controller: true,
        },
      ],
    },
  };
}

export function said({ object }: ReconcileContext<Echo>): ReconcileResult<Echo> {
  return {
    status: { said: object.spec.text },
    conditions: [{ type: "Ready", status: "True", reason: "Said" }],
  };
}

export const FINALIZER: string = "example.com/echo";

export function withCleanup(): { log: string[]; options: Pick<ControllerOptions<Echo>, "reconcile" | "cleanup"> } {
  const log: string[] = [];
  return {
    log,
    options: {
      reconcile: ({ object }) => void log.push(`reconcile ${object.metadata.name} ${object.metadata.finalizers?.join() ?? ""}`),
      cleanup: ({ object }) => void log.push(`cleanup ${object.metadata.name}`),
    },
  };
}
