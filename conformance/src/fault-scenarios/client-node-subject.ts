import { type V1ConfigMap, CoreV1Api, KubeConfig, makeInformer } from "@kubernetes/client-node";
import type { Seen, Subject } from "./subject.ts";

/** As its README says: an `error` handler that starts it again after a while; theirs is 5 s, ours 1 s for tests of ten seconds. */
const RESTART_MS = 1_000;

export const clientNodeSubject: Subject = {
  name: "@kubernetes/client-node",
  version: "2.0.1",
  setting: "makeInformer, started again 1 s after each error as its examples do",
  parallel: 4,
  async start({ kubeconfigPath, told }) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfigPath);
    const api = config.makeApiClient(CoreV1Api);
    const path = "/api/v1/namespaces/default/configmaps";
    const informer = makeInformer<V1ConfigMap>(config, path, () => api.listNamespacedConfigMap({ namespace: "default" }));
    let restart: NodeJS.Timeout | undefined;
    let isStopped = false;
    const again = (): void => {
      clearTimeout(restart);
      if (!isStopped) restart = setTimeout(() => void informer.start().catch(again), RESTART_MS);
    };
    informer.on("add", (object) => told.added(seen(object)));
    informer.on("update", (object) => told.updated(seen(object)));
    informer.on("delete", (object) => told.deleted(seen(object)));
    informer.on("error", again);
    void informer.start().catch(again);
    return {
      cache: () => new Map(informer.list().map((object) => [object.metadata?.name ?? "", seen(object)])),
      async stop() {
        isStopped = true;
        clearTimeout(restart);
        await informer.stop();
      },
    };
  },
};

function seen({ metadata }: V1ConfigMap): Seen {
  return { uid: metadata?.uid ?? "", version: metadata?.resourceVersion ?? "", name: metadata?.name ?? "" };
}
