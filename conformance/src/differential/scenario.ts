import { sleep } from "@operatorkit/observe";
import { assertCode, CRDS } from "../api-case.ts";
import type { RawHttp } from "../raw-http.ts";
import { eventsSince } from "./events-since.ts";
import { LastSeen } from "./last-seen.ts";
import { randomRequest } from "./random-request.ts";
import { Random } from "./random.ts";
import { subjectsIn, widgetDefinition } from "./subjects.ts";
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
  const seen = new LastSeen();
  const started = await Promise.all(
    subjects.map(async ({ path }): Promise<string> => seen.begin(path, (await http.request("GET", path)).json.metadata.resourceVersion)),
  );
  const exchanges: Exchange[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const request = randomRequest(random, subjects);
    const { method, body, contentType, accept } = request;
    const path = seen.pathOf(request);
    const text = seen.bodyOf(request);
    const options = {
      ...(text === undefined ? {} : { body: text }),
      headers: { "content-type": contentType ?? "application/json", "user-agent": "random/1", ...(accept === undefined ? {} : { accept }) },
    };
    const response = await http.request(method, path, options);
    const told = `${step}: ${method} ${request.path}${accept === undefined ? "" : ` ${accept}`}${body === undefined ? "" : ` ${contentType ?? ""} ${JSON.stringify(body)}`}`;
    exchanges.push(masker.mask(told, response));
    seen.remember(path, response.text);
  }
  for (const [index, subject] of subjects.entries()) {
    const watched = await eventsSince(http, subject, started[index] ?? "");
    exchanges.push(...watched.map(({ path, events }) => masker.maskEvents(`watch ${path}`, events)));
  }
  await clean(http, namespace, group);
  return exchanges;
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
