// Measured, so plain JavaScript: stripping types would cost every run some milliseconds that users of dist do not pay.
// Usage: node apiserver-start.mjs in-process|http|https. Prints one line of JSON.
const mode = process.argv[2];
const began = performance.now();
const { ApiServer } = await import("@operatorkit/apiserver");
const imported = performance.now();
const server = await ApiServer.start(mode === "in-process" ? { inProcess: true } : { tls: mode === "https" });
const started = performance.now();
const status = mode === "in-process" ? await askTransport() : await askSocket();
const answered = performance.now();
if (status !== 200) throw new Error(`the first GET was answered ${status}`);
console.log(
  JSON.stringify({
    importMs: imported - began,
    startMs: started - imported,
    firstGetMs: answered - started,
    totalMs: answered - began,
    sinceProcessStartMs: answered,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
await server.close();

async function askTransport() {
  const response = await server.transport().request({ method: "GET", path: "/api/v1/namespaces/default", headers: {} });
  for await (const _chunk of response.body);
  return response.status;
}

async function askSocket() {
  const { get } = await import(mode === "https" ? "node:https" : "node:http");
  const options = { agent: false, headers: { authorization: `Bearer ${server.token}` }, ...(mode === "https" && { ca: server.caPem }) };
  return await new Promise((resolve, reject) => {
    get(`${server.url}/api/v1/namespaces/default`, options, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    }).on("error", reject);
  });
}
