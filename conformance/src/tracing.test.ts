import { ApiServer } from "@operatorkit/apiserver";
import { connect } from "@operatorkit/client";
import { Controller } from "@operatorkit/controller";
import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import { silentLogger } from "@operatorkit/observe";
import { RecordingTracer } from "@operatorkit/observe/testing";
import { Operator } from "@operatorkit/operator";
import { expect, it } from "vitest";

it("an operator's requests are part of the turn that made them, its watches of none, and all of them tell the server", async () => {
  await using server = await ApiServer.start({ inProcess: true });
  const tracer = new RecordingTracer();
  const headers: (string | undefined)[] = [];
  await using client = await connect({
    transport: server.transport(),
    tracer,
    middleware: [(request, send) => (headers.push(request.headers?.["traceparent"]), send(request))],
  });
  const stop = new AbortController();
  const controller = new Controller({
    name: "secrets",
    for: ConfigMap,
    owns: [Secret],
    namespace: "default",
    concurrency: 2,
    async reconcile({ own, api, ref, failures }) {
      await api.apply<Secret>(own<Secret>({ apiVersion: "v1", kind: "Secret", metadata: { name: ref.name } }));
      if (ref.name === "b" && failures === 0) throw new Error("not yet");
      if (ref.name === "b") stop.abort();
    },
  });
  for (const name of ["a", "b"])
    await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
  await new Operator({ client, tracer, runnables: [controller], logger: silentLogger, handleSignals: false }).run({ signal: stop.signal });

  const write = "PATCH /api/v1/namespaces/{namespace}/secrets/{name}";
  const turns = tracer.spans.filter(({ name }) => name === "reconcile secrets");
  const writes = tracer.spans.filter(({ name }) => name === write);
  for (const { parent, attributes } of writes) {
    expect(turns).toContain(parent);
    expect(attributes["k8s.object.name"]).toBe(parent?.attributes["k8s.object.name"]);
  }
  expect(writes.length).toBeGreaterThanOrEqual(3);
  expect(turns.filter(({ failure }) => failure !== undefined).map(({ attributes }) => attributes["k8s.object.name"])).toEqual(["b"]);
  const watches = tracer.spans.filter(({ attributes }) => attributes["operatorkit.verb"] === "watch");
  expect(watches.length).toBeGreaterThanOrEqual(2);
  expect(watches.map(({ parent }) => parent)).toEqual(watches.map(() => undefined));
  expect(tracer.spans.filter(({ ends }) => ends !== 1)).toEqual([]);
  const sent = tracer.spans.flatMap(({ kind }, at) => (kind === "client" ? [`span-${at + 1}`] : []));
  expect(headers).toHaveLength(sent.length);
  expect(new Set(headers)).toEqual(new Set(sent));
});
