import { ApiServer } from "@operatorkit/apiserver";
import { connect } from "@operatorkit/client";
import { KubernetesBasedInformer } from "@operatorkit/informer";
import { ConfigMap } from "@operatorkit/object/kinds";

await using server = await ApiServer.start({ inProcess: true }); // or your cluster: connect() without options
const client = await connect({ transport: server.transport() });
await client.create<ConfigMap>({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "colors", namespace: "default" },
  data: { sky: "blue" },
});

const configMaps = new KubernetesBasedInformer({
  kind: ConfigMap,
  client,
  namespace: "default",
  indexes: { sky: (configMap) => configMap.data?.["sky"] },
});
configMaps.addEventHandler({
  add: (configMap) => console.log("added", configMap.metadata.name),
  update: (old, configMap) => console.log("updated", configMap.metadata.name),
  delete: (configMap) => console.log("deleted", configMap.metadata.name),
});

const stop = new AbortController();
const running = configMaps.run({ signal: stop.signal });
await configMaps.synced();
console.log(configMaps.lister.byIndex("sky", "blue").map(({ metadata }) => metadata.name)); // [ 'colors' ]
stop.abort();
await running;
