// Measured, so plain JavaScript. Usage: node client-first-get.mjs bare|https|operatorkit|client-node, with the server in
// SERVER, CA_PEM and TOKEN. Reads the namespace "default" and prints one line of JSON. "bare" does nothing; "https" is Node alone.
const { SERVER: server = "", CA_PEM: caPem = "", TOKEN: token = "" } = process.env;
const mode = process.argv[2];
const ways = { bare, https, operatorkit, "client-node": clientNode };
const began = performance.now();
let imported = began;
const name = await ways[mode]();
const answered = performance.now();
if (name !== "default") throw new Error(`expected the namespace "default", got ${JSON.stringify(name)}`);
console.log(
  JSON.stringify({
    importMs: imported - began,
    totalMs: answered - began,
    sinceProcessStartMs: answered,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
process.exit(0);

async function bare() {
  return "default";
}

async function https() {
  const { get } = await import("node:https");
  imported = performance.now();
  const text = await new Promise((resolve, reject) => {
    get(`${server}/api/v1/namespaces/default`, { agent: false, ca: caPem, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
  return JSON.parse(text).metadata.name;
}

async function operatorkit() {
  const [{ connect }, { Namespace }] = await Promise.all([import("@operatorkit/client"), import("@operatorkit/object/kinds")]);
  imported = performance.now();
  const client = await connect({ server, caPem, token });
  return (await client.get(Namespace, { name: "default" })).metadata.name;
}

async function clientNode() {
  const { KubeConfig, CoreV1Api } = await import("@kubernetes/client-node");
  imported = performance.now();
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "a", server, caData: Buffer.from(caPem).toString("base64") }],
    users: [{ name: "a", token }],
    contexts: [{ name: "a", cluster: "a", user: "a" }],
    currentContext: "a",
  });
  return (await config.makeApiClient(CoreV1Api).readNamespace({ name: "default" })).metadata?.name;
}
