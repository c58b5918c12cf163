import { sleep } from "@operatorkit/observe";
import { describe, expect, it } from "vitest";
import { concludedLabs } from "./testing/concluded-labs.ts";
import { status, type Fault } from "./testing/fault.ts";

/** Each test is one deterministic plan. */
const lab = concludedLabs();

describe("the first list", () => {
  it("is given to handlers as initial adds, and then the watch goes on from its version", async () => {
    const made = await lab();
    const { server, witness } = made;
    server.update("a");
    server.create("c");
    server.delete("b");
    await made.settle();
    expect(witness.log).toEqual([
      "add default/a@101 initial",
      "add default/b@102 initial",
      "update default/a@101→103",
      "add default/c@104",
      "delete default/b@105",
    ]);
    expect(server.requests.map(({ type, resourceVersion }) => [type, resourceVersion])).toEqual([
      ["list", undefined],
      ["watch", "102"],
    ]);
  });

  it("is read in pages, and shown only when it is whole", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    for (const name of ["c", "d", "e"]) made.server.create(name);
    made.server.failNext("list", { type: "slow", ms: 10 }, { type: "slow", ms: 10 }, { type: "slow", ms: 10 });
    await made.start();
    await made.advance(20);
    expect(made.informer.lister.size).toBe(0);
    await made.advance(10);
    expect(made.informer.lister.size).toBe(5);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "page", "page", "watch"]);
  });

  it("is read whole, not slowly, however many pages it has", async () => {
    const made = await lab({ start: false, pageSize: 1 });
    // The pages of one healthy list are no spinning; this plan is about them alone, so the log is emptied afterwards.
    for (let i = 0; i < 60; i += 1) made.server.create(`n${i}`);
    await made.start();
    expect(made.informer.isSynced).toBe(true);
    made.server.requests.length = 0;
  });

  it("that cannot be one is asked for again, and the health check says what is wrong with it", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => ({ ...(await list({ signal: request.signal })), continue: "page-1" });
    await made.start();
    expect(made.informer.healthCheck().check()).toBe(
      "informer-widgets.example.com/v1 has not synced: the page names itself as the next one",
    );
    made.server.list = list;
    await made.advance(5_000);
    expect(made.informer.healthCheck().check()).toBeUndefined();
  });

  it("does not spin when a server has a next page for ever, and nothing in it", async () => {
    const made = await lab({ start: false });
    let pages = 0;
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => {
      await list({ ...request, continue: undefined } as never);
      pages += 1;
      return { entries: [], resourceVersion: "102", continue: `page-${pages}` };
    };
    await made.start();
    await made.advance(60_000);
    expect(pages).toBeGreaterThan(20);
    expect(pages).toBeLessThan(160);
    made.server.list = list;
    await made.advance(120_000);
  });

  it.each<[string, Fault]>([
    ["the connection breaks", { type: "break" }],
    ["the server answers 500", status(500)],
    ["the server answers 503", status(503)],
    ["the kind is not there yet (404)", status(404)],
    ["it is forbidden (403)", status(403)],
    ["the credentials are refused (401)", status(401)],
    ["too many requests (429)", status(429)],
    ["the answer is a page of HTML with status 200", { type: "html" }],
    ["the list is refused as such (400)", status(400)],
    ["the ListWatch throws something else", { type: "throw", error: new Error("boom") }],
    ["the ListWatch throws nothing sensible", { type: "throw", error: undefined }],
  ])("is tried until it works when %s, for an hour if need be", async (_, fault) => {
    const made = await lab({ start: false });
    made.server.failAlways("list", fault);
    await made.start();
    await made.advance(3_600_000);
    expect(made.informer.isSynced).toBe(false);
    expect(made.server.requests.length).toBeGreaterThan(100);
    expect(made.server.requests.length).toBeLessThan(250);
    made.server.heal();
    await made.advance(30_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it.each([false, true])("is given up and asked for anew when it hangs (ignoring its signal: %s)", async (ignoresSignal) => {
    const made = await lab({ start: false });
    made.server.failNext("list", { type: "hang", ignoresSignal });
    await made.start();
    await made.advance(29_000);
    expect(made.server.requests).toHaveLength(1);
    await made.advance(3_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("that is merely slow is given more time, and works in the end", async () => {
    const made = await lab({ start: false });
    made.server.failAlways("list", { type: "slow", ms: 100_000 });
    await made.start();
    await made.advance(600_000);
    expect(made.informer.isSynced).toBe(true);
    made.server.heal();
  });

  it("that takes long, but whose bytes keep coming, is waited for", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => {
      for (let i = 0; i < 10; i += 1) {
        await sleep(20_000, { clock: made.clock, signal: request.signal });
        request.onProgress?.();
      }
      return list(request);
    };
    await made.start();
    await made.advance(201_000);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "watch"]);
  });

  it("that drips for ever is given up in the end", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    let asked = 0;
    made.server.list = async (request) => {
      asked += 1;
      const drops = asked === 1 ? 1_000 : 0;
      for (let i = 0; i < drops; i += 1) {
        await sleep(20_000, { clock: made.clock, signal: request.signal });
        request.onProgress?.();
      }
      return list(request);
    };
    await made.start();
    await made.advance(243_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("goes on at the page that hung, with what it has", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    for (const name of ["c", "d", "e"]) made.server.create(name);
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "hang" });
    await made.start();
    await made.advance(40_000);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "page", "page", "page", "watch"]);
  });

  it("begins again in one piece when its continue token has expired", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    made.server.create("c");
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "slow", ms: 1_000 });
    await made.start();
    await made.advance(500);
    made.server.delete("a");
    made.server.compact();
    await made.advance(5_000);
    expect(made.server.requests.map(({ type, limit }) => [type, limit])).toEqual([
      ["list", 2],
      ["page", 2],
      ["list", undefined],
      ["watch", undefined],
    ]);
    expect(made.witness.log).toEqual(["add default/b@102 initial", "add default/c@103 initial"]);
  });

  it("does not spin when continue tokens expire for ever", async () => {
    const made = await lab({ start: false, pageSize: 1 });
    made.server.failAlways("list", status(410));
    await made.start();
    await made.advance(600_000);
    expect(made.informer.isSynced).toBe(false);
    made.server.heal();
    await made.advance(30_000);
    expect(made.informer.isSynced).toBe(true);
  });
});
