import { defineKind, jsonSchema, type CustomResource, type DefinedKind, type StatusConditions } from "@operatorkit/object";
import { ConfigMap, Event, Secret } from "@operatorkit/object/kinds";
import type { LogFields, Logger } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { Controller, type ControllerOptions } from "../controller.ts";
import { FakeCluster } from "./fake-cluster.ts";

/** The kind that the controllers under test are for. */
export const Echo: DefinedKind<Echo> = defineKind({
  group: "example.com",
  version: "v1",
  kind: "Echo",
  spec: jsonSchema<{ text: string }>({ type: "object", properties: { text: { type: "string" } } }),
  status: jsonSchema<{ said?: string }>({ type: "object", properties: { said: { type: "string" } } }),
});
export type Echo = CustomResource<"example.com/v1", "Echo", { text: string }, { said?: string } & StatusConditions>;

export function echo(name: string, text = "hello", metadata: Partial<Echo["metadata"]> = {}): Echo {
  return { apiVersion: "example.com/v1", kind: "Echo", metadata: { name, namespace: "n", ...metadata }, spec: { text } };
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

export interface Harness {
  readonly clock: ManualClock;
  readonly cluster: FakeCluster;
  readonly logs: readonly LogLine[];
  readonly controller: Controller<Echo>;
  /** Settles with the run. */
  readonly run: Promise<unknown>;
  readonly abort: () => void;
  /** Stops the controller and waits for it. */
  readonly stop: () => Promise<unknown>;
}

/** A controller for `Echo` that runs in virtual time against a pretended cluster. */
export async function start(
  options: Omit<ControllerOptions<Echo>, "name" | "for">,
  { objects = [], cluster = new FakeCluster([Echo, ConfigMap, Secret, Event]) }: { objects?: readonly Echo[]; cluster?: FakeCluster } = {},
): Promise<Harness> {
  const clock = new ManualClock();
  for (const object of objects) cluster.put(object);
  const logs: LogLine[] = [];
  const stopping = new AbortController();
  const controller = new Controller<Echo>({ name: "echo", for: Echo, ...options });
  const run = controller.run({ client: cluster.client(), signal: stopping.signal, clock, logger: recordingLogger(logs) }).then(
    () => "stopped",
    (error: unknown) => error,
  );
  // The informers take lists over in steps.
  for (let step = 0; step < 4; step += 1) await clock.advance(0);
  return {
    clock,
    cluster,
    logs,
    controller,
    run,
    abort: () => stopping.abort(),
    async stop() {
      stopping.abort();
      await clock.advance(0);
      await clock.advance(60_000);
      return run;
    },
  };
}

export function recordingLogger(lines: LogLine[], carried: LogFields = {}): Logger {
  const at =
    (level: LogLine["level"]) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields: { ...carried, ...fields } });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => recordingLogger(lines, { ...carried, ...fields }),
  };
}
