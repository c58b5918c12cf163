import type { App, AppContext } from "@operatorkit/app-kit";
import { watchCustomResource } from "@operatorkit/watcher";
import type { Clock } from "operatorkit";
import { Sample } from "./sample.ts";

export interface HelloOptions extends Pick<AppContext, "client" | "signal" | "print" | "logger"> {
  /** All namespaces when left out. */
  readonly namespace?: string;
  /** @default real time */
  readonly clock?: Clock | undefined;
}

/** The whole operator: one line for each sample that comes, changes or goes. */
export async function hello({ client, signal, print, logger, namespace, clock }: HelloOptions): Promise<void> {
  print("Watching the sample resource");
  await watchCustomResource(
    client,
    Sample,
    {
      add: ({ metadata, spec }) => print(`Added Sample '${metadata.name}' with Hello=${spec.hello ?? ""}`),
      update: (old, { metadata, spec }) =>
        print(`Updated Sample '${metadata.name}' from Hello=${old.spec.hello ?? ""} to Hello=${spec.hello ?? ""}`),
      delete: ({ metadata, spec }) => print(`Deleted Sample '${metadata.name}' with Hello=${spec.hello ?? ""}`),
    },
    {
      signal,
      namespace,
      logger,
      clock,
      onError: (error) => print(`Cannot watch the sample resource, trying on: ${error instanceof Error ? error.message : String(error)}`),
    },
  );
  print("Shutdown signal received, exiting...");
}

export const helloApp: App = {
  name: "hello-operator",
  command: "pnpm --filter @operatorkit/hello-operator start",
  summary: "prints a line for every Sample that is added, updated or deleted",
  kinds: [Sample],
  samples: new URL("../samples/sample.yaml", import.meta.url),
  hints: [
    "kubectl get samples",
    `kubectl patch sample mysample --type=merge -p '{"spec":{"hello":"you"}}'`,
    "kubectl delete sample mysample",
  ],
  run: hello,
};
