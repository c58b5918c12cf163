import { type V1ConfigMap, CoreV1Api, CustomObjectsApi, KubeConfig, makeInformer } from "@kubernetes/client-node";
import type { Seen, Subject } from "./subject.ts";

/** As its README says: an `error` handler that starts it again after a while; theirs is 5 s, ours 1 s for tests of ten seconds. */
const RESTART_MS = 1_000;

export const clientNodeSubject: Subject = {
  name: "@kubernetes/client-node",
  version: "2.0.1",
  setting: "makeInformer, started again 1 s after each error as its examples do",
  isHttp1Only: true,
  parallel: 4,
  async start({ kubeconfigPath, told, isCustom, isSelective }) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfigPath);
    const api = config.makeApiClient(CoreV1Api);
    const custom = config.makeApiClient(CustomObjectsApi);
    const gadgets = { group: "example.com", version: "v1", namespace: "default", plural: "gadgets" };
    const path = isCustom ? "/apis/example.com/v1/namespaces/default/gadgets" : "/api/v1/namespaces/default/configmaps";
    const labelSelector = isSelective ? "keep=yes" : undefined;
    const scope = labelSelector === undefined ? {} : { labelSelector };
    const list = (): ReturnType<typeof api.listNamespacedConfigMap> =>
      isCustom
        ? custom.listNamespacedCustomObject({ ...gadgets, ...scope })
        : api.listNamespacedConfigMap({ namespace: "default", ...scope });
    const informer = makeInformer<V1ConfigMap>(config, path, list, labelSelector);
    let restart: NodeJS.Timeout | undefined;
    let isStopped = false;
    const again = (): void => {
      clearTimeout(restart);
      if (!isStopped) restart = setTimeout(() => void informer.start().catch(again), RESTART_MS);
    };
    informer.on("add", (object) => void told.added(seen(object)));
    informer.on("update", (object) => void told.updated(seen(object)));
    informer.on("delete", (object) => void told.deleted(seen(object)));
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
