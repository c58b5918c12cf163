import type { ApiServer } from "@operatorkit/apiserver";
import type { Client, Clock, KubernetesClient } from "operatorkit";
import type { Interference, ProcessTransport, Requests } from "./process-transport.ts";

/** Where a plan is carried out: a server, a namespace, and time. */
export interface World extends AsyncDisposable {
  /** A person with all rights. */
  readonly admin: Client;
  readonly namespace: string;
  readonly clock: Clock;
  /** Whose faults can be ordered; the real server has none. */
  readonly server: ApiServer | undefined;
  /** What one process speaks through. */
  connect(requests: Requests, interference: Interference): Promise<Connection>;
  /** Waits for what somebody does. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Waits until nothing happens, and nothing is going to within this time; in real time, until nothing has happened for `quietMs`. */
  settle(ms: number, quietMs?: number): Promise<void>;
  /** What is left after all was stopped, in words; empty when nothing is. */
  leftovers(): readonly string[];
}

export interface Connection {
  readonly client: KubernetesClient;
  readonly transport: ProcessTransport;
}

/** Tells the operator's requests from everybody else's. */
export const OPERATOR_AGENT = "perturbed-operator";
