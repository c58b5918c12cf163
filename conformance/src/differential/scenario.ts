import { sleep } from "@operatorkit/observe";
import { assertCode, CRDS } from "../api-case.ts";
import type { JsonBody, RawHttp } from "../raw-http.ts";
import { WatchStream } from "../watch-stream.ts";
import { LAST_UID, LAST_VERSION, randomRequest } from "./random-request.ts";
import { Random } from "./random.ts";
import { subjectsIn, widgetDefinition, type Subject } from "./subjects.ts";
import { Masker, type Exchange } from "./transcript.ts";

const STEPS = 40;

/** Sends the requests of one seed and returns what was answered. The requests are the same for every server. */
export async function runScenario(http: RawHttp, seed: number): Promise<Exchange[]> {
  const random = new Random(seed);
  const masker = new Masker();
  const namespace = `random-${seed}`;
  const group = `random-${seed}.example.com`;
  await prepare(http, namespace, group);
  const subjects = subjectsIn({ namespace, group });
  const started = await Promise.all(
    subjects.map(async ({ path }): Promise<string> => (await http.request("GET", path)).json.metadata.resourceVersion),
  );
  const exchanges: Exchange[] = [];
  const lastSeen = new Map<string, JsonBody>();
  for (let step = 0; step < STEPS; step += 1) {
    const { method, path, body, contentType, accept, basedOn } = randomRequest(random, subjects);
    const last = basedOn === undefined ? undefined : lastSeen.get(basedOn);
    const text = body === undefined ? undefined : filledIn(JSON.stringify(body), last);
    const options = {
      ...(text === undefined ? {} : { body: text }),
      headers: { "content-type": contentType ?? "application/json", "user-agent": "random/1", ...(accept === undefined ? {} : { accept }) },
    };
    const response = await http.request(method, path, options);
    const told = `${step}: ${method} ${path}${accept === undefined ? "" : ` ${accept}`}${body === undefined ? "" : ` ${contentType ?? ""} ${JSON.stringify(body)}`}`;
    exchanges.push(masker.mask(told, response));
    remember(lastSeen, path, response.text);
  }
  for (const [index, subject] of subjects.entries()) {
    exchanges.push(masker.maskEvents(`watch ${subject.path}`, await eventsSince(http, subject, started[index] ?? "")));
  }
  await clean(http, namespace, group);
  return exchanges;
}

const LAST = "last";

/** Everything that happened to a kind's objects since a version, up to an object that is made to end it. */
async function eventsSince(http: RawHttp, subject: Subject, resourceVersion: string): Promise<JsonBody[]> {
  const body = {
    apiVersion: subject.apiVersion,
    kind: subject.kind,
    metadata: { name: LAST },
    ...subject.ending,
  };
  // Another version's last object is this one's too.
  const made = await http.request("POST", subject.path, { body });
  if (made.status !== 409) assertCode(made, 201);
  using watch = new WatchStream(await http.open("GET", `${subject.path}?watch=true&resourceVersion=${resourceVersion}`, {}));
  const events = await watch.until((event) => event.object.metadata?.name === LAST || event.type === "ERROR");
  return events.slice(0, -1);
}

function filledIn(text: string, last: JsonBody): string {
  return text
    .replaceAll(LAST_VERSION, last?.metadata?.resourceVersion ?? "1")
    .replaceAll(LAST_UID, last?.metadata?.uid ?? "11111111-2222-3333-4444-555555555555");
}

/** Keeps the newest state that an answer showed of an object. */
function remember(lastSeen: Map<string, JsonBody>, path: string, text: string): void {
  if (!text.startsWith("{") || path.includes("dryRun")) return;
  const object: JsonBody = JSON.parse(text);
  const name = object.metadata?.name as string | undefined;
  if (name === undefined || ["Status", "Table", "PartialObjectMetadata"].includes(object.kind)) return;
  const collection = path
    .replace(/\?.*$/, "")
    .replace(/\/(status|scale)$/, "")
    .replace(new RegExp(`/${name}$`), "");
  lastSeen.set(`${collection}/${name}`, object);
}

async function prepare(http: RawHttp, namespace: string, group: string): Promise<void> {
  assertCode(await http.request("POST", "/api/v1/namespaces", { body: { metadata: { name: namespace } } }), 201);
  assertCode(await http.request("POST", CRDS, { body: widgetDefinition(group) }), 201);
  const body = { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "probe" } };
  for (let turn = 0; turn < 200; turn += 1) {
    const probe = await http.request("POST", `/apis/${group}/v1/namespaces/${namespace}/widgets?dryRun=All`, { body });
    if (probe.status === 201) return;
    await sleep(50);
  }
  throw new Error(`widgets.${group} was not served within ten seconds`);
}

async function clean(http: RawHttp, namespace: string, group: string): Promise<void> {
  await http.request("DELETE", `${CRDS}/widgets.${group}`);
  await http.request("DELETE", `/api/v1/namespaces/${namespace}`);
}
