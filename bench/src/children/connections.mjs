// Usage: node connections.mjs operatorkit|client-node, with the server in SERVER, CA_PEM and TOKEN. Makes 200 GETs, one after the other, and
// opens 30 watches; who counts the connections is the parent.
const { SERVER: server = "", CA_PEM: caPem = "", TOKEN: token = "" } = process.env;
const signal = new AbortController().signal;
await { operatorkit, "client-node": clientNode }[process.argv[2]]();
console.log("{}");
process.exit(0);

async function operatorkit() {
  const [{ connect }, { Namespace }] = await Promise.all([import("@operatorkit/client"), import("@operatorkit/object/kinds")]);
  const client = await connect({ server, caPem, token });
  for (let get = 0; get < 200; get += 1) await client.get(Namespace, { name: "default" });
  const watch = () => client.listWatch(Namespace).watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal });
  await Promise.all(Array.from({ length: 30 }, watch));
}

async function clientNode() {
  const { KubeConfig, CoreV1Api, Watch } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "a", server, caData: Buffer.from(caPem).toString("base64") }],
    users: [{ name: "a", token }],
    contexts: [{ name: "a", cluster: "a", user: "a" }],
    currentContext: "a",
  });
  const api = config.makeApiClient(CoreV1Api);
  for (let get = 0; get < 200; get += 1) await api.readNamespace({ name: "default" });
  const watch = () =>
    new Watch(config).watch(
      "/api/v1/namespaces",
      {},
      () => {},
      () => {},
    );
  await Promise.all(Array.from({ length: 30 }, watch));
}
