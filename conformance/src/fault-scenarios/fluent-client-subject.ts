import { K8s, kind } from "kubernetes-fluent-client";
import type { Seen, Subject } from "./subject.ts";

/** Its own means of healing, shortened for tests of ten seconds: defaults are 5, 600 and 300 s. */
const SETTINGS = { resyncDelaySec: 1, relistIntervalSec: 60, lastSeenLimitSeconds: 2 };

export const fluentClientSubject: Subject = {
  name: "kubernetes-fluent-client",
  version: "3.11.11",
  setting:
    "Watch with resyncDelaySec 1, lastSeenLimitSeconds 2, relistIntervalSec 60; it keeps no copy, so the copy is what its events say",
  // It finds its cluster in an environment variable of the process.
  parallel: 1,
  async start({ kubeconfigPath, told }) {
    process.env["KUBECONFIG"] = kubeconfigPath;
    const copy = new Map<string, Seen>();
    const watcher = K8s(kind.ConfigMap)
      .InNamespace("default")
      .Watch((object, phase) => {
        const one = {
          uid: object.metadata?.uid ?? "",
          version: object.metadata?.resourceVersion ?? "",
          name: object.metadata?.name ?? "",
        };
        if (phase === "DELETED") {
          if (copy.get(one.name)?.uid === one.uid) copy.delete(one.name);
          told.deleted(one);
          return;
        }
        copy.set(one.name, one);
        if (phase === "ADDED") told.added(one);
        else told.updated(one);
      }, SETTINGS);
    void watcher.start().catch(() => {});
    return {
      cache: () => copy,
      async stop() {
        watcher.close();
      },
    };
  },
};
