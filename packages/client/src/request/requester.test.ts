import { getEventListeners } from "node:events";
import { ApiError } from "@operatorkit/api";
import { noTracer, sleep, type Tracer } from "@operatorkit/observe";
import { ManualClock, RecordingTracer } from "@operatorkit/observe/testing";
import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../config/config-error.ts";
import type { Credentials } from "../config/credentials.ts";
import { FakeTransport, failure, silence, type FakeAnswer, type SeenRequest } from "../testing/fake-transport.ts";
import { Pod } from "../testing/kinds.ts";
import { recordingLogger, recordingMetrics } from "../testing/recording.ts";
import { TransportError } from "../transport/transport-error.ts";
import type { Call } from "./call.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { RequestSpans } from "./request-spans.ts";
import { Requester } from "./requester.ts";
import { rejection, textOf } from "../testing/bodies.ts";

const broken = (wasSent: boolean): TransportError => new TransportError("cut", { wasSent });

/** A requester on a transport that gives these answers in turn, the last one for ever. */
function requesterWith(
  answers: readonly (FakeAnswer | Error | "silence")[] | ((request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>),
  { credentials, startMs, tracer = noTracer }: { credentials?: Credentials; startMs?: number; tracer?: Tracer } = {},
) {
  const clock = new ManualClock(startMs === undefined ? {} : { startMs });
  const { logger, lines } = recordingLogger();
  const { metrics, samples } = recordingMetrics();
  const left = typeof answers === "function" ? [] : [...answers];
  const transport = new FakeTransport((request, signal) => {
    if (typeof answers === "function") return answers(request);
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? {};
    if (answer instanceof Error) throw answer;
    return answer === "silence" ? silence(signal) : answer;
  });
  const requester = new Requester({
    transport,
    clock,
    logger,
    credentials: credentials ?? { source: "test", headers: async () => ({ authorization: "Bearer t" }), refresh: async () => false },
    server: "the API server at https://a",
    metrics: new RequestMetrics(metrics, "a"),
    spans: new RequestSpans(tracer, "a:6443"),
    timeoutMs: 60_000,
    backoff: (attempt) => 100 * 2 ** attempt,
    userAgent: "operatorkit",
  });
  return { requester, transport, clock, lines, samples };
}

const get: Call = { action: "get Pod x/a", verb: "get", subject: { kind: Pod, namespace: "x" }, method: "GET", path: "/a", signals: [] };
const post: Call = {
  ...get,
  action: "create Pod x/a",
  verb: "create",
  method: "POST",
  body: { contentType: "application/json", json: { a: "ü" } },
};
const ok: FakeAnswer = { body: { fine: true } };

describe("Requester", () => {
  it("lets a call that has no time limit go on, and tells of each piece", async () => {
    const slowly = new ManualClock();
    const { requester, clock } = requesterWith([
      {
        chunks: (async function* () {
          for (const piece of ["{", '"a":', "1}"]) {
            await sleep(50_000, { clock: slowly });
            yield Buffer.from(piece);
          }
        })(),
      },
    ]);
    let pieces = 0;
    const answer = requester.json({ ...get, timeoutMs: Number.POSITIVE_INFINITY, onProgress: () => (pieces += 1) });
    for (let minute = 0; minute < 3; minute += 1) await Promise.all([clock.advance(50_000), slowly.advance(50_000)]);
    expect(await answer).toEqual({ a: 1 });
    // The head, too, is a sign of life.
    expect(pieces).toBe(4);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["an ApiError of the transport's own", new ApiError("no", { code: "MalformedResponse" })],
    ["a configuration that cannot work", new ConfigError("the token file is gone", { code: "FileUnreadable" })],
  ])("passes %s on as it is, and does not try again", async (_title, error) => {
    const { requester, transport, samples } = requesterWith([error]);
    expect(await rejection(requester.json(get))).toBe(error);
    expect(transport.seen).toHaveLength(1);
    expect(samples.filter((sample) => sample.includes("retries"))).toEqual([]);
  });

  it("remembers so many warnings, and no more", async () => {
    let warning = 0;
    const { requester, lines } = requesterWith(() => ({ ...ok, headers: { warning: `299 - "number ${warning}"` } }));
    for (warning = 0; warning < 500; warning += 1) await requester.json(get);
    warning = 0;
    await requester.json(get);
    expect(lines).toHaveLength(500);
    for (const another of [500, 0]) {
      warning = another;
      await requester.json(get);
    }
    expect(lines.slice(500)).toEqual(["warn the API server warns: number 500", "warn the API server warns: number 0"]);
  });

  it("measures how long an answer took in seconds", async () => {
    const { requester, clock, samples } = requesterWith(async () => {
      await sleep(2_500, { clock });
      return ok;
    });
    const answer = requester.json(get);
    await clock.advance(2_500);
    await answer;
    expect(samples).toContain('rest_client_request_duration_seconds{verb="get",host="a"} 2.5');
  });

  it("measures a body once, also for who asks for more behind its end", async () => {
    const { requester, samples } = requesterWith([ok]);
    const chunks = (await requester.stream(get)).body[Symbol.asyncIterator]();
    for (let more = 0; more < 3; more += 1) await chunks.next();
    expect(samples.filter((sample) => sample.startsWith("rest_client_response_size_bytes"))).toHaveLength(1);
  });

  it("sends nothing that nobody waits for any more when credentials are there at last", async () => {
    const headers = Promise.withResolvers<Readonly<Record<string, string>>>();
    const credentials: Credentials = { source: "test", headers: () => headers.promise, refresh: async () => false };
    const { requester, transport } = requesterWith([ok], { credentials });
    const stop = new AbortController();
    const result = rejection(requester.json({ ...get, signals: [stop.signal] }));
    stop.abort(new Error("enough"));
    expect(await result).toBe(stop.signal.reason);
    headers.resolve({});
    await new Promise((resolve) => setImmediate(resolve));
    expect(transport.seen).toEqual([]);
  });

  it("gives an answer back that comes when nobody waits for it any more", async () => {
    const late = Promise.withResolvers<FakeAnswer>();
    const left = Promise.withResolvers<void>();
    const end = (): Promise<IteratorResult<Uint8Array>> => Promise.resolve({ done: true, value: undefined });
    const chunks = { [Symbol.asyncIterator]: () => ({ next: end, return: () => (left.resolve(), end()) }) };
    const { requester } = requesterWith(() => late.promise);
    const stop = new AbortController();
    const result = rejection(requester.stream({ ...get, signals: [stop.signal] }));
    // Credentials are there, and the request is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("enough"));
    expect(await result).toBe(stop.signal.reason);
    late.resolve({ chunks });
    await left.promise;
  });

  it("leaves nothing on the signal of a client that lives for months, however a call ends", async () => {
    const { signal } = new AbortController();
    const answers = [ok, failure(404, "NotFound", "x"), ok, ok];
    const { requester } = requesterWith(() => answers.shift() ?? ok);
    await requester.json({ ...get, signals: [signal] });
    await rejection(requester.json({ ...get, signals: [signal] }));
    const read = await requester.stream({ ...get, signals: [signal] });
    const left = (await requester.stream({ ...get, signals: [signal] })).body[Symbol.asyncIterator]();
    expect(getEventListeners(signal, "abort")).toHaveLength(2);
    await textOf(read.body);
    await left.return?.();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("sends credentials, what it accepts, and a body with its length", async () => {
    const { requester, transport } = requesterWith([ok]);
    expect(await requester.json(post)).toEqual({ fine: true });
    expect(transport.seen).toEqual([
      {
        method: "POST",
        path: "/a",
        headers: {
          accept: "application/json",
          "user-agent": "operatorkit",
          authorization: "Bearer t",
          "content-type": "application/json",
          "content-length": "10",
        },
        body: { a: "ü" },
      },
    ]);
  });

  it.each([
    ["a GET whose connection broke", get, [broken(true), broken(true), ok], 3],
    ["a GET after 503", get, [failure(503, "ServiceUnavailable", "x"), ok], 2],
    ["a POST that was never sent", post, [broken(false), ok], 2],
    ["a POST after 429", post, [failure(429, "TooManyRequests", "x"), ok], 2],
    ["a POST after 500 with Retry-After", post, [failure(500, "ServerTimeout", "x", { "retry-after": "1" }), ok], 2],
  ] satisfies [string, Call, (FakeAnswer | Error)[], number][])("sends %s again", async (_title, call, answers, requests) => {
    const { requester, transport, clock, lines } = requesterWith(answers);
    const result = requester.json(call);
    await clock.advance(10_000);
    expect(await result).toEqual({ fine: true });
    expect(transport.seen).toHaveLength(requests);
    expect(lines).toEqual(Array(requests - 1).fill("debug request failed, trying again"));
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["a POST that may have arrived", post, broken(true), "ConnectionFailed"],
    ["a POST after 503", post, failure(503, "ServiceUnavailable", "x"), "ServiceUnavailable"],
    ["a GET of what is not there", get, failure(404, "NotFound", "x"), "NotFound"],
    ["a call that must not be", { ...get, mayRetry: false }, broken(true), "ConnectionFailed"],
    ["a GET that cannot succeed", get, new TransportError("bad certificate", { wasSent: false, isPermanent: true }), "ConnectionFailed"],
  ] satisfies [string, Call, FakeAnswer | Error, string][])("does not send %s again", async (_title, call, answer, code) => {
    const { requester, transport, clock } = requesterWith([answer]);
    await expect(requester.json(call)).rejects.toMatchObject({ name: "ApiError", code });
    expect(transport.seen).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("stops after a bounded number of retries, with the last failure", async () => {
    const { requester, transport, clock } = requesterWith([broken(true)]);
    const result = requester.json(get);
    const rejected = rejection(result);
    await clock.advance(10_000);
    expect(await rejected).toMatchObject({
      code: "ConnectionFailed",
      message: "get Pod x/a: no answer from the API server at https://a: cut",
    });
    expect(transport.seen).toHaveLength(4);
  });

  it("waits as long as Retry-After says, and not at all when that is longer than there is time", async () => {
    const { requester, transport, clock } = requesterWith([failure(429, "TooManyRequests", "x", { "retry-after": "30" })]);
    const result = requester.json(post);
    const rejected = rejection(result);
    await clock.advance(29_999);
    expect(transport.seen).toHaveLength(1);
    await clock.advance(1);
    expect(transport.seen).toHaveLength(2);
    expect(await rejected).toMatchObject({ code: "TooManyRequests", retryAfterMs: 30_000 });
    expect(clock.monotonicMs()).toBe(30_000);
  });

  it("gives a call a minute in all, before the answer and in the middle of it", async () => {
    for (const answer of ["silence", { chunks: halfThenNothing() }] as const) {
      const { requester, clock } = requesterWith([answer]);
      const rejected = rejection(requester.json(get));
      await clock.advance(60_000);
      expect(await rejected).toMatchObject({
        code: "DeadlineExceeded",
        message: "get Pod x/a: no complete answer from the API server at https://a within 60 s",
      });
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it("rejects with the reason of the signal, also while it waits to try again", async () => {
    const { requester, clock } = requesterWith([failure(429, "TooManyRequests", "x")]);
    const controller = new AbortController();
    const rejected = rejection(requester.json({ ...get, signals: [undefined, controller.signal] }));
    await clock.advance(1);
    controller.abort(new Error("enough"));
    expect(await rejected).toMatchObject({ message: expect.stringContaining("enough") });
    expect(clock.pendingTimers).toBe(0);
    await expect(requester.json({ ...get, signals: [controller.signal] })).rejects.toThrow("enough");
  });

  it("reads credentials anew after a 401, once, and then tries again whatever the method", async () => {
    let refreshes = 0;
    const credentials: Credentials = {
      source: "the token file /t",
      headers: async () => ({ authorization: `Bearer ${refreshes}` }),
      refresh: async () => {
        refreshes += 1;
        return true;
      },
    };
    const good = requesterWith([failure(401, "Unauthorized", "Unauthorized"), ok], { credentials });
    expect(await good.requester.json({ ...post, mayRetry: false })).toEqual({ fine: true });
    expect(good.transport.seen.map(({ headers }) => headers["authorization"])).toEqual(["Bearer 0", "Bearer 1"]);
    const bad = requesterWith([failure(401, "Unauthorized", "Unauthorized")], { credentials });
    await expect(bad.requester.json(post)).rejects.toMatchObject({
      code: "Unauthorized",
      message: expect.stringContaining("the token file /t"),
    });
    expect(bad.transport.seen).toHaveLength(2);
  });

  it("reads credentials anew once for requests that are refused together, and not again for one that was sent before", async () => {
    let token = 0;
    let refreshes = 0;
    const credentials: Credentials = {
      source: "test",
      headers: async () => ({ authorization: `Bearer ${token}` }),
      refresh: async () => {
        refreshes += 1;
        await sleep(10, { clock: slowly });
        token = 1;
        return true;
      },
    };
    const slowly = new ManualClock();
    const late = Promise.withResolvers<void>();
    const { requester } = requesterWith(
      async ({ path, headers }) => {
        if (path === "/late" && headers["authorization"] === "Bearer 0") await late.promise;
        return headers["authorization"] === "Bearer 1" ? ok : failure(401, "Unauthorized", "Unauthorized");
      },
      { credentials },
    );
    const together = Promise.all([requester.json(get), requester.json(post)]);
    const straggler = requester.json({ ...get, path: "/late" });
    await slowly.advance(10);
    await together;
    late.resolve();
    expect(await straggler).toEqual({ fine: true });
    expect(refreshes).toBe(1);
  });

  it("sends again what was refused with a token that was read anew in between", async () => {
    let token = "old";
    const credentials: Credentials = {
      source: "test",
      headers: async () => ({ authorization: token }),
      refresh: async () => false,
    };
    const { requester, transport } = requesterWith(
      ({ headers }) => {
        if (headers["authorization"] === "new") return ok;
        token = "new";
        return failure(401, "Unauthorized", "Unauthorized");
      },
      { credentials },
    );
    expect(await requester.json(get)).toEqual({ fine: true });
    expect(transport.seen).toHaveLength(2);
  });

  it.each([
    ["in seconds", "30"],
    ["as a date", new Date(30_000).toUTCString()],
  ])("sends a POST again after a 429 when Retry-After says so %s", async (_title, header) => {
    const { requester, transport, clock } = requesterWith([failure(429, "TooManyRequests", "x", { "retry-after": header }), ok], {
      startMs: 0,
    });
    const result = requester.json(post);
    await clock.advance(29_999);
    expect(transport.seen).toHaveLength(1);
    await clock.advance(1);
    expect(await result).toEqual({ fine: true });
  });

  it("reads no more of an error than its beginning, and knows it by its status all the same", async () => {
    let read = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 64 * 1024;
        yield Buffer.alloc(64 * 1024, "<p>sorry</p> ");
      }
    };
    const { requester, transport, clock } = requesterWith(() =>
      transport.seen.length === 1 ? { status: 503, chunks: endless(), headers: { "content-type": "text/html" } } : ok,
    );
    const result = requester.json(get);
    await expect.poll(() => clock.pendingTimers).toBe(2);
    await clock.advance(100);
    expect(await result).toEqual({ fine: true });
    expect(read).toBeLessThanOrEqual(1024 * 1024);
    expect(await rejection(requesterWith([{ status: 500, body: "x".repeat(2_000_000) }]).requester.json(post))).toMatchObject({
      code: "InternalError",
      status: 500,
      message: expect.stringMatching(/^create Pod x\/a: HTTP status 500: "x{120}…"$/),
    });
  });

  it("does not repeat a 401 when there are no other credentials", async () => {
    const { requester, transport } = requesterWith([failure(401, "Unauthorized", "Unauthorized")]);
    await expect(requester.json(get)).rejects.toMatchObject({ code: "Unauthorized" });
    expect(transport.seen).toHaveLength(1);
  });

  it("counts requests, retries and durations by client-go's names", async () => {
    const { requester, clock, samples } = requesterWith([broken(true), failure(503, "ServiceUnavailable", "x"), ok]);
    const result = requester.json(get);
    await clock.advance(1_000);
    await result;
    expect(samples).toEqual([
      'rest_client_requests_total{code="<error>",method="GET",host="a"} 1',
      'rest_client_request_duration_seconds{verb="get",host="a"} 0',
      'rest_client_request_retries_total{code="<error>",verb="get",host="a"} 1',
      'rest_client_requests_total{code="503",method="GET",host="a"} 1',
      'rest_client_request_duration_seconds{verb="get",host="a"} 0',
      'rest_client_request_retries_total{code="503",verb="get",host="a"} 1',
      'rest_client_response_size_bytes{verb="get",host="a"} 13',
      'rest_client_requests_total{code="200",method="GET",host="a"} 1',
      'rest_client_request_duration_seconds{verb="get",host="a"} 0',
    ]);
  });

  it("measures what is sent and received, a stream when it has ended, a watch never", async () => {
    const { requester, samples } = requesterWith([ok]);
    const sizes = () => samples.splice(0).filter((sample) => sample.includes("size_bytes"));
    await requester.json(post);
    expect(sizes()).toEqual([
      'rest_client_request_size_bytes{verb="create",host="a"} 10',
      'rest_client_response_size_bytes{verb="create",host="a"} 13',
    ]);
    expect(await textOf((await requester.stream({ ...get, verb: "list" })).body)).toBe('{"fine":true}');
    expect(sizes()).toEqual(['rest_client_response_size_bytes{verb="list",host="a"} 13']);
    await textOf((await requester.stream({ ...get, verb: "watch" })).body);
    expect(sizes()).toEqual([]);
  });

  it("logs each of the server's warnings once", async () => {
    const { requester, lines } = requesterWith([{ ...ok, headers: { warning: '299 - "old", 299 - "unknown field"' } }]);
    await requester.json(get);
    await requester.json(get);
    expect(lines).toEqual(["warn the API server warns: old", "warn the API server warns: unknown field"]);
  });

  it("refuses an answer that is not JSON, with its beginning", async () => {
    const { requester } = requesterWith([{ body: "<html>Welcome to nginx</html>" }]);
    await expect(requester.json(get)).rejects.toMatchObject({
      code: "MalformedResponse",
      message:
        'get Pod x/a: the API server at https://a answered with something that is not JSON ("<html>Welcome to nginx</html>"); is the server\'s address right?',
    });
  });

  it("passes on what another transport throws as a connection that failed", async () => {
    const { requester, transport } = requesterWith([new Error("in-process trouble")]);
    await expect(requester.json(post)).rejects.toMatchObject({ code: "ConnectionFailed", cause: { message: "in-process trouble" } });
    expect(transport.seen).toHaveLength(1);
  });

  it("rejects running calls when it is closed, and closes the transport", async () => {
    const { requester, transport, clock } = requesterWith(["silence"]);
    const rejected = rejection(requester.json(get));
    await clock.advance(0);
    await requester.close();
    expect(await rejected).toMatchObject({ code: "ConnectionFailed", message: "the client was closed" });
    expect(transport.isClosed).toBe(true);
    await expect(requester.json(get)).rejects.toThrow("the client was closed");
    expect(clock.pendingTimers).toBe(0);
  });

  describe("a stream", () => {
    it("has no deadline once it is accepted, and its signals end it", async () => {
      const { requester, clock } = requesterWith([{ chunks: halfThenNothing() }]);
      const controller = new AbortController();
      const { body } = await requester.stream({ ...get, signals: [controller.signal] });
      expect(clock.pendingTimers).toBe(0);
      const chunks = body[Symbol.asyncIterator]();
      expect((await chunks.next()).value).toEqual(Buffer.from("half"));
    });

    it("must be accepted within the deadline", async () => {
      const { requester, clock } = requesterWith(["silence"]);
      const rejected = rejection(requester.stream(get));
      await clock.advance(60_000);
      expect(await rejected).toMatchObject({ code: "DeadlineExceeded" });
    });

    it("breaks with an ApiError, and with the signal's own reason", async () => {
      const { requester } = requesterWith([{ chunks: halfThen(() => Promise.reject(broken(true))) }]);
      const { body } = await requester.stream(get);
      const chunks = body[Symbol.asyncIterator]();
      await chunks.next();
      await expect(chunks.next()).rejects.toMatchObject({
        code: "ConnectionFailed",
        message: expect.stringContaining("get Pod x/a: no answer"),
      });
      const controller = new AbortController();
      const aborted = requesterWith([
        {
          chunks: halfThen(
            () =>
              new Promise((_resolve, reject) =>
                controller.signal.addEventListener("abort", () => reject(new Error("wire")), { once: true }),
              ),
          ),
        },
      ]);
      const stream = await aborted.requester.stream({ ...get, signals: [controller.signal] });
      const rest = stream.body[Symbol.asyncIterator]();
      await rest.next();
      const next = rest.next();
      controller.abort(new Error("enough"));
      await expect(next).rejects.toThrow("enough");
    });

    it("gives its body back when it is left", async () => {
      let wasLeft = false;
      const chunks = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false as const, value: Buffer.from("x") }),
          return: async () => {
            wasLeft = true;
            return { done: true as const, value: undefined };
          },
        }),
      };
      const { requester } = requesterWith([{ chunks }]);
      const { body } = await requester.stream(get);
      for await (const _chunk of body) break;
      expect(wasLeft).toBe(true);
    });
  });
});

async function* halfThen(next: () => Promise<never>): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  await next();
}

/** Half an answer that never goes on; not even a signal reaches it. */
function halfThenNothing(): AsyncGenerator<Uint8Array> {
  return halfThen(() => new Promise(() => {}));
}

describe("Requester, traced", () => {
  const readPod: Call = { ...get, path: "/api/v1/namespaces/x/pods/a?pretty=true" };

  it("makes a span for each sending, named by the path without its names, which ends when the answer has been read", async () => {
    const tracer = new RecordingTracer();
    const { requester, clock } = requesterWith([failure(503, "ServiceUnavailable", "busy"), ok], { tracer });
    const answer = tracer.startSpan("outer").run(() => requester.json(readPod));
    await clock.advance(100);
    expect(await answer).toEqual({ fine: true });
    const attributes = {
      "http.request.method": "GET",
      "url.template": "/api/v1/namespaces/{namespace}/pods/{name}",
      "url.path": "/api/v1/namespaces/x/pods/a",
      "server.address": "a",
      "server.port": 6443,
      "k8s.resource.name": "pods",
      "k8s.namespace.name": "x",
      "k8s.object.kind": "Pod",
      "k8s.object.name": "a",
      "operatorkit.verb": "get",
    };
    const [outer, ...requests] = tracer.spans;
    const shared = { name: "GET /api/v1/namespaces/{namespace}/pods/{name}", kind: "client", parent: outer, ends: 1 };
    expect(requests).toEqual([
      {
        ...shared,
        attributes: { ...attributes, "http.response.status_code": 503 },
        failure: { error: expect.objectContaining({ code: "ServiceUnavailable" }) },
      },
      { ...shared, attributes: { ...attributes, "http.response.status_code": 200, "http.request.resend_count": 1 }, failure: undefined },
    ]);
  });

  it("counts in its spans every sending, that with new credentials too", async () => {
    const tracer = new RecordingTracer();
    const credentials: Credentials = { source: "test", headers: async () => ({}), refresh: async () => true };
    const answers = [failure(401, "Unauthorized", "Unauthorized"), failure(503, "ServiceUnavailable", "busy"), ok];
    const { requester, clock } = requesterWith(answers, { tracer, credentials });
    const answer = requester.json(readPod);
    await clock.advance(1_000);
    await answer;
    expect(tracer.spans.map(({ attributes }) => attributes["http.request.resend_count"])).toEqual([undefined, 1, 2]);
  });

  it("sends with each what tells the server which span it is part of", async () => {
    const tracer = new RecordingTracer();
    const { requester, transport, clock } = requesterWith([failure(503, "ServiceUnavailable", "busy"), ok], { tracer });
    const answer = requester.json(readPod);
    await clock.advance(100);
    await answer;
    expect(transport.seen.map(({ headers }) => headers["traceparent"])).toEqual(["span-1", "span-2"]);
  });

  it("has its span active while it is carried, and not where its answer is awaited", async () => {
    const tracer = new RecordingTracer();
    const carried: (string | undefined)[] = [];
    const { requester } = requesterWith(
      async () => {
        await Promise.resolve();
        carried.push(tracer.active?.name);
        return ok;
      },
      { tracer },
    );
    await requester.json({ ...get, path: "/version" });
    expect(carried).toEqual(["GET"]);
    expect(tracer.active).toBeUndefined();
  });

  it.each([
    ["a connection that broke", () => Promise.reject(broken(true)), "ConnectionFailed"],
    ["a refusal", () => failure(403, "Forbidden", "no"), "Forbidden"],
  ])("says of %s how it failed, and ends", async (_what, answer, code) => {
    const tracer = new RecordingTracer();
    const { requester } = requesterWith(answer, { tracer });
    await rejection(requester.json({ ...post, path: "/api/v1/namespaces/x/pods" }));
    expect(tracer.spans).toMatchObject([{ name: "POST /api/v1/namespaces/{namespace}/pods", failure: { error: { code } }, ends: 1 }]);
  });

  it("ends with the signal's reason when it is aborted", async () => {
    const tracer = new RecordingTracer();
    const { requester } = requesterWith(["silence"], { tracer });
    const stop = new AbortController();
    const answer = rejection(requester.json({ ...readPod, signals: [stop.signal] }));
    stop.abort(new Error("enough"));
    const error = await answer;
    expect(tracer.spans).toMatchObject([{ failure: { error }, ends: 1 }]);
  });

  it("has ended when a stream is accepted, which is part of no span while it goes on", async () => {
    const tracer = new RecordingTracer();
    const more = Promise.withResolvers<void>();
    const { requester } = requesterWith(
      [
        {
          chunks: (async function* () {
            yield Buffer.from("1");
            await more.promise;
            yield Buffer.from("2");
          })(),
        },
      ],
      { tracer },
    );
    const { body } = await requester.stream({ ...get, verb: "watch", path: "/api/v1/pods?watch=true" });
    expect(tracer.spans).toMatchObject([
      { name: "GET /api/v1/pods", attributes: { "operatorkit.verb": "watch" }, failure: undefined, ends: 1 },
    ]);
    let text = "";
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString();
      expect(tracer.active).toBeUndefined();
      more.resolve();
    }
    expect(text).toBe("12");
    expect(tracer.spans).toHaveLength(1);
  });

  it("puts nothing together for nobody: without a tracer no span is started", async () => {
    const started = vi.spyOn(noTracer, "startSpan");
    const { requester, transport } = requesterWith([ok]);
    await requester.json(readPod);
    expect(started).not.toHaveBeenCalled();
    expect(transport.seen[0]?.headers).not.toHaveProperty("traceparent");
    started.mockRestore();
  });
});
