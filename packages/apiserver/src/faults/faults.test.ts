import { ManualClock } from "@operatorkit/observe/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RawJson, RawApi, eventsOf } from "../testing/raw-api.ts";
import type { FaultRuleOptions } from "./fault-rule.ts";

const PATH = "/api/v1/namespaces/default/configmaps";
const WATCH = `${PATH}?watch=true`;
const INITIAL = `${PATH}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;

let clock: ManualClock;
let api: RawApi;

beforeEach(async () => {
  clock = new ManualClock();
  api = await RawApi.start({ clock });
});

afterEach(async () => {
  await api.server.close();
  if (clock.pendingTimers > 0) throw new Error(`${clock.pendingTimers} timers are left`);
});

async function put(name: string, value: string): Promise<RawJson> {
  const { status } = await api.get(`${PATH}/${name}`);
  const body = { metadata: { name }, data: { value } };
  return (status === 404 ? await api.post(PATH, body) : await api.put(`${PATH}/${name}`, body)).json;
}

/** A watch and what it told so far, as `TYPE name value`. */
class Watching {
  readonly seen: string[] = [];
  readonly stop = new AbortController();
  /** `no`, `end`, or what broke it. */
  ended = "no";
  text = "";

  static async open(path: string = WATCH): Promise<Watching> {
    const watching = new Watching();
    const { body } = await api.send("GET", path, undefined, { signal: watching.stop.signal });
    void watching.#read(body);
    await watching.settle();
    return watching;
  }

  async settle(): Promise<readonly string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return this.seen;
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of body) {
        this.text += new TextDecoder().decode(chunk);
        const whole = this.text.slice(0, this.text.lastIndexOf("\n") + 1);
        this.seen.length = 0;
        for (const line of whole.split("\n").filter((part) => part !== "")) this.seen.push(brief(line));
      }
      this.ended = "end";
    } catch (error) {
      this.ended = error instanceof Error && "code" in error ? String(error.code) : String(error);
    }
  }
}

function brief(line: string): string {
  try {
    const { type, object } = eventsOf(line)[0] as RawJson;
    return [type ?? "undefined", object?.["metadata"]?.["name"] ?? object?.["code"], object?.["data"]?.["value"]]
      .filter((part) => part !== undefined)
      .join(" ");
  } catch {
    return "no JSON";
  }
}

describe("faults of requests", () => {
  it("hits the nth request and as many as times says, and counts them", async () => {
    const rule = api.server.faults.add({ when: { verb: "list", kind: "ConfigMap", nth: 2, times: 2 }, do: { type: "status", code: 503 } });
    const codes = [];
    for (let index = 0; index < 5; index += 1) codes.push((await api.get(PATH)).status);
    expect(codes).toEqual([200, 503, 503, 200, 200]);
    expect(rule.hits).toBe(2);
  });

  it("hits the same requests for the same seed, others for another", async () => {
    const run = async (seed: number): Promise<string> => {
      const rule = api.server.faults.add({ when: { verb: "list", probability: 0.5, seed }, do: { type: "status", code: 500 } });
      let pattern = "";
      for (let index = 0; index < 24; index += 1) pattern += (await api.get(PATH)).status === 500 ? "x" : ".";
      rule.remove();
      return pattern;
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
  });

  it.each<[string, FaultRuleOptions["when"], string, string]>([
    ["verb", { verb: ["get", "list"] }, "GET", PATH],
    ["kind", { kind: "ConfigMap" }, "GET", PATH],
    ["group", { group: "" }, "GET", PATH],
    ["resource", { resource: "nothings" }, "GET", "/api/v1/nothings"],
    ["namespace", { namespace: "default" }, "GET", PATH],
    ["name", { name: "a" }, "GET", `${PATH}/a`],
    ["subresource", { subresource: "status" }, "GET", "/api/v1/namespaces/default/status"],
    ["method", { method: "POST" }, "POST", PATH],
    ["path", { path: "/openapi" }, "GET", "/openapi/v3"],
    ["userAgent", { userAgent: "test/" }, "GET", PATH],
    ["initialEvents", { initialEvents: true }, "GET", INITIAL],
    ["continued", { continued: true }, "GET", `${PATH}?continue=abc`],
  ])("matches by %s, and nothing else", async (_field, when, method, path) => {
    const rule = api.server.faults.add({ when, do: { type: "status", code: 418 } } as FaultRuleOptions);
    await api.request("PUT", "/apis/apps/v1/namespaces/other/deployments/x", {}, { headers: { "user-agent": "other" } });
    expect(rule.hits).toBe(0);
    expect((await api.request(method, path)).status).toBe(418);
  });

  it("answers a failure with reason and Retry-After", async () => {
    api.server.faults.add({ do: { type: "status", code: 429, retryAfterSeconds: 3 } });
    const { status, headers, json } = await api.get(PATH);
    expect([status, headers["retry-after"], json["reason"], json["details"]?.["retryAfterSeconds"]]).toEqual([
      429,
      "3",
      "TooManyRequests",
      3,
    ]);
  });

  it("answers whatever a proxy might", async () => {
    api.server.faults.add({ do: { type: "answer", body: "<html>", contentType: "text/html" } });
    const { status, headers, text } = await api.get(PATH);
    expect([status, headers["content-type"], text]).toEqual([200, "text/html", "<html>"]);
  });

  it("delays by the server's clock", async () => {
    api.server.faults.add({ when: { times: 1 }, do: { type: "latency", ms: 1_000, jitterMs: 500 } });
    let status = 0;
    const answer = api.get(PATH).then((response) => (status = response.status));
    await clock.advance(1_000);
    expect(status).toBe(0);
    await clock.advance(500);
    await answer;
    expect(status).toBe(200);
  });

  it("hangs until its time is over, its client leaves, or the server closes", async () => {
    const rule = api.server.faults.add({ when: { times: 1 }, do: { type: "hang", forMs: 5_000 } });
    const late = api.get(PATH);
    await clock.advance(5_000);
    expect((await late).status).toBe(200);
    rule.remove();
    api.server.faults.add({ do: { type: "hang" } });
    const stop = new AbortController();
    const left = api.get(PATH, { signal: stop.signal });
    const held = api.get(PATH);
    const outcomes = Promise.allSettled([left, held]);
    stop.abort();
    await api.server.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("breaks before anything is done, or after it was done", async () => {
    const before = api.server.faults.add({ when: { verb: "create" }, do: { type: "reset" } });
    await expect(api.post(PATH, { metadata: { name: "a" } })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await api.get(`${PATH}/a`)).status).toBe(404);
    before.remove();
    api.server.faults.add({ when: { verb: "create" }, do: { type: "reset", at: "after-commit" } });
    await expect(api.post(PATH, { metadata: { name: "a" } })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await api.get(`${PATH}/a`)).status).toBe(200);
  });

  it("expires a watch as an event, a status, or a mere end, and a page with and without a token", async () => {
    await put("a", "1");
    await put("b", "1");
    const expire = async (action: object, path: string): Promise<readonly unknown[]> => {
      const rule = api.server.faults.add({ do: { type: "expire", ...action } });
      const { status, body } = await api.send("GET", path);
      let text = "";
      for await (const chunk of body) text += new TextDecoder().decode(chunk);
      rule.remove();
      return [status, text === "" ? "" : JSON.parse(text)];
    };
    expect(await expire({}, WATCH)).toMatchObject([200, { type: "ERROR", object: { code: 410, reason: "Expired" } }]);
    expect(await expire({ as: "status", reason: "Gone" }, WATCH)).toMatchObject([410, { reason: "Gone" }]);
    expect(await expire({ as: "end" }, WATCH)).toEqual([200, ""]);
    const next = `${PATH}?limit=1&continue=${(await api.get(`${PATH}?limit=1`)).json["metadata"]?.["continue"] as unknown as string}`;
    expect(await expire({}, next)).toMatchObject([410, { metadata: {} }]);
    const [, status] = await expire({ continueToken: true }, next);
    const token = (status as RawJson)["metadata"]?.["continue"] as unknown as string;
    expect((await api.get(`${PATH}?limit=1&continue=${token}`)).json["items"]).toHaveLength(1);
  });
});

describe("faults of a watch", () => {
  it("drops, duplicates, delays and corrupts the events it names, also of a watch that is open", async () => {
    const watching = await Watching.open();
    const { faults } = api.server;
    const when = { verb: "watch", kind: "ConfigMap" } as const;
    faults.add({ when: { ...when, event: { name: "a", nth: 2 } }, do: { type: "drop" } });
    faults.add({ when: { ...when, event: { name: "b" } }, do: { type: "duplicate", copies: 2 } });
    faults.add({ when: { ...when, event: { name: "c" } }, do: { type: "delay", ms: 1_000 } });
    faults.add({ when: { ...when, event: { name: "d" } }, do: { type: "corrupt", how: "garbage" } });
    faults.add({ when: { ...when, event: { name: "e" } }, do: { type: "corrupt", how: "truncated" } });
    for (const value of ["1", "2", "3"]) await put("a", value);
    for (const name of ["b", "c", "d", "e"]) await put(name, "1");
    expect(await watching.settle()).toEqual(["ADDED a 1", "MODIFIED a 3", "ADDED b 1", "ADDED b 1", "ADDED b 1"]);
    await clock.advance(1_000);
    expect((await watching.settle()).slice(5)).toEqual(["ADDED c 1", "no JSON", "no JSON"]);
  });

  it("replays older states", async () => {
    await put("a", "1");
    await put("a", "2");
    const watching = await Watching.open(`${WATCH}&resourceVersion=${api.server.resourceVersion}`);
    api.server.faults.add({ when: { verb: "watch", event: { type: "DELETED" } }, do: { type: "stale", back: 2 } });
    await api.delete(`${PATH}/a`);
    expect(await watching.settle()).toEqual(["DELETED a 2", "MODIFIED a 1"]);
  });

  it("falls silent after some events, and does not end either", async () => {
    const watching = await Watching.open(`${WATCH}&timeoutSeconds=10`);
    const rule = api.server.faults.add({ when: { verb: "watch" }, do: { type: "silence", afterEvents: 1 } });
    await put("a", "1");
    await put("a", "2");
    await clock.advance(60_000);
    expect(await watching.settle()).toEqual(["ADDED a 1"]);
    expect([watching.ended, rule.hits]).toEqual(["no", 1]);
  });

  it("falls silent for a while and goes on", async () => {
    api.server.faults.add({ when: { verb: "watch" }, do: { type: "silence", forMs: 3_000 } });
    const watching = await Watching.open();
    await put("a", "1");
    expect(await watching.settle()).toEqual([]);
    await clock.advance(3_000);
    expect(await watching.settle()).toEqual(["ADDED a 1"]);
  });

  it.each<[string, FaultRuleOptions["do"], readonly string[], string]>([
    ["in the middle of an event", { type: "reset", at: "mid-event", afterEvents: 1 }, ["ADDED a 1"], "ECONNRESET"],
    ["between two events", { type: "reset", at: "after-events", afterEvents: 1 }, ["ADDED a 1"], "ECONNRESET"],
    ["in good order", { type: "end", afterEvents: 2 }, ["ADDED a 1", "MODIFIED a 2"], "end"],
  ])("ends %s", async (_how, action, seen, ended) => {
    const watching = await Watching.open();
    api.server.faults.add({ when: { verb: "watch" }, do: action });
    for (const value of ["1", "2", "3"]) await put("a", value);
    expect(await watching.settle()).toEqual(seen);
    expect(watching.ended).toBe(ended);
    expect(watching.text.endsWith("\n")).toBe(action.type !== "reset" || action.at !== "mid-event");
  });

  it("breaks at the event it names", async () => {
    const watching = await Watching.open();
    api.server.faults.add({ when: { verb: "watch", event: { name: "b" } }, do: { type: "reset", at: "mid-event" } });
    for (const name of ["a", "b"]) await put(name, "1");
    expect(await watching.settle()).toEqual(["ADDED a 1"]);
    expect(watching.ended).toBe("ECONNRESET");
  });

  it("drips bytes, wherever that splits them", async () => {
    const watching = await Watching.open();
    api.server.faults.add({ when: { verb: "watch" }, do: { type: "drip", bytes: 7, everyMs: 10 } });
    await put("ü", "1").catch(() => undefined);
    await put("a", "ü€");
    expect(await watching.settle()).toEqual([]);
    await clock.advance(10_000);
    expect((await watching.settle()).length).toBe(1);
  });

  it.each<[string, object, readonly string[], string]>([
    ["refused", {}, ["undefined"], "end"],
    ["ignored", {}, ["ADDED a 1", "ADDED b 1"], "no"],
    ["cut", { afterEvents: 1 }, ["ADDED a 1"], "ECONNRESET"],
    ["unending", {}, ["ADDED a 1", "ADDED b 1"], "no"],
  ])("leaves WatchList %s", async (as, more, seen, ended) => {
    await put("a", "1");
    await put("b", "1");
    const rule = api.server.faults.add({ do: { type: "watchList", as, ...more } } as FaultRuleOptions);
    const watching = await Watching.open(INITIAL);
    expect(await watching.settle()).toEqual(seen);
    expect(watching.ended).toBe(ended);
    expect(rule.hits).toBe(1);
    expect((await api.get(PATH)).status).toBe(200);
  });

  it("cuts what is open now", async () => {
    const [one, two] = [await Watching.open(), await Watching.open("/api/v1/nodes?watch=true")];
    expect(api.server.faults.cut({ kind: "ConfigMap" })).toBe(1);
    await one.settle();
    expect([one.ended, two.ended]).toEqual(["ECONNRESET", "no"]);
  });

  it("forgets a watch whose reader was aborted between two events", async () => {
    await put("a", "1");
    const stop = new AbortController();
    const { body } = await api.send("GET", WATCH, undefined, { signal: stop.signal });
    const watch = body[Symbol.asyncIterator]();
    await watch.next();
    stop.abort(new Error("enough"));
    await expect(watch.next()).rejects.toThrow("enough");
    expect(api.server.faults.cut()).toBe(0);
  });

  it("stops at once when its rule is removed", async () => {
    const watching = await Watching.open();
    const rule = api.server.faults.add({ when: { verb: "watch" }, do: { type: "drop" } });
    await put("a", "1");
    rule.remove();
    await put("b", "1");
    expect(await watching.settle()).toEqual(["ADDED b 1"]);
    expect(rule.hits).toBe(1);
  });
});

describe("faults of a page", () => {
  it("breaks in the middle, is corrupt, or stops coming", async () => {
    await put("a", "1");
    const remove = (action: FaultRuleOptions["do"]): (() => void) => {
      const rule = api.server.faults.add({ when: { verb: "list" }, do: action });
      return () => rule.remove();
    };
    let done = remove({ type: "reset", at: "mid-page", afterBytes: 10 });
    await expect(api.get(PATH)).rejects.toMatchObject({ code: "ECONNRESET" });
    done();
    done = remove({ type: "corrupt", how: "html" });
    await expect(api.get(PATH)).rejects.toThrow("JSON");
    done();
    done = remove({ type: "silence", afterBytes: 10, forMs: 2_000 });
    const late = api.get(PATH);
    await clock.advance(2_000);
    expect((await late).json["items"]).toHaveLength(1);
    done();
  });
});

describe("a fault rule that cannot be", () => {
  it.each<[string, unknown]>([
    ["do is missing", {}],
    ["rule must be an object", undefined],
    ["what is not known here", { do: { type: "drop" }, what: 1 }],
    ["do.type must be one of", { do: { type: "explode" } }],
    ["do.ms is missing", { do: { type: "latency" } }],
    ["do.ms must be milliseconds, 0 or more, not -1", { do: { type: "latency", ms: -1 } }],
    ["do.seconds is not known here", { do: { type: "hang", seconds: 1 } }],
    ["do.code must be a status from 400 to 599, not 200", { do: { type: "status", code: 200 } }],
    ["do.at must be before-headers or after-commit", { do: { type: "reset", at: "dawn" } }],
    ["when.verb must be of get, list", { when: { verb: "look" }, do: { type: "drop" } }],
    ["when.kind must be a string, not 7", { when: { kind: 7 }, do: { type: "drop" } }],
    ["when.nth must be a whole number, 1 or more, not 0", { when: { nth: 0 }, do: { type: "drop" } }],
    ["when.probability must be from 0 to 1, not 2", { when: { probability: 2 }, do: { type: "drop" } }],
    ["when.event.type must be ADDED or", { when: { event: { type: "CHANGED" } }, do: { type: "drop" } }],
    ["when.event has no meaning for do.type latency", { when: { event: {} }, do: { type: "latency", ms: 1 } }],
  ])("is refused: %s", (message, rule) => {
    expect(() => api.server.faults.add(rule as FaultRuleOptions)).toThrow(message);
  });
});
