import { GenericKind, K8s, kind, RegisterKind } from "kubernetes-fluent-client";
import type { Seen, Subject } from "./subject.ts";

/** Its own means of healing, shortened for tests of ten seconds: defaults are 5, 600 and 300 s. */
const SETTINGS = { resyncDelaySec: 1, relistIntervalSec: 60, lastSeenLimitSeconds: 2 };

class Gadget extends GenericKind {}
RegisterKind(Gadget, { group: "example.com", version: "v1", kind: "Gadget", plural: "gadgets" });

export const fluentClientSubject: Subject = {
  name: "kubernetes-fluent-client",
  version: "3.11.11",
  setting:
    "Watch with resyncDelaySec 1, lastSeenLimitSeconds 2, relistIntervalSec 60; it keeps no copy, so the copy is what its events say",
  // It finds its cluster in an environment variable of the process.
  parallel: 1,
  async start({ kubeconfigPath, told, isCustom, isSelective }) {
    process.env["KUBECONFIG"] = kubeconfigPath;
    const copy = new Map<string, Seen>();
    const inNamespace = K8s<typeof kind.ConfigMap>((isCustom ? Gadget : kind.ConfigMap) as typeof kind.ConfigMap).InNamespace("default");
    const watcher = (isSelective ? inNamespace.WithLabel("keep", "yes") : inNamespace).Watch((object, phase) => {
      const one = {
        uid: object.metadata?.uid ?? "",
        version: object.metadata?.resourceVersion ?? "",
        name: object.metadata?.name ?? "",
      };
      if (phase === "DELETED") {
        if (copy.get(one.name)?.uid === one.uid) copy.delete(one.name);
        void told.deleted(one);
        return;
      }
      copy.set(one.name, one);
      if (phase === "ADDED") void told.added(one);
      else void told.updated(one);
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
