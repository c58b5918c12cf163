import { main } from "@operatorkit/app-kit";
import { Operator } from "operatorkit";
import { showChanges } from "./demo/show-changes.ts";
import { tellStory } from "./demo/story.ts";
import { Memcached } from "./memcached.ts";
import { memcachedController } from "./memcached-controller.ts";
import { samples } from "./samples.ts";

void main({
  name: "sample-operator",
  command: "npm start --",
  summary: "keeps a Deployment and a headless Service for every Memcached",
  kinds: [Memcached],
  samples,
  hints: [
    "kubectl get memcacheds,deployments,pods",
    `kubectl patch memcached sessions --type=merge -p '{"spec":{"size":3}}'`,
    "kubectl describe memcached sessions",
  ],
  // All an operator needs. What is above and below is the command around it.
  run: ({ client, signal, logger }) => new Operator({ client, runnables: [memcachedController()], logger }).run({ signal }),
  view: showChanges,
  story: tellStory,
});
