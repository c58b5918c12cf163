import type { Deployment } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { replicaSetFor, templateHash, TEMPLATE_HASH_LABEL } from "./replica-set-for.ts";

const deployment = (image: string): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image }] } },
  },
});

it("names the set after the template, whatever the order of its fields", () => {
  const turned: Deployment = {
    ...deployment("a"),
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { spec: { containers: [{ image: "a", name: "c" }] }, metadata: { labels: { app: "web" } } },
    },
  };
  expect(templateHash(turned)).toBe(templateHash(deployment("a")));
  expect(templateHash(deployment("b"))).not.toBe(templateHash(deployment("a")));
});

it("tells its pods from those of other templates by label", () => {
  const { metadata, spec } = replicaSetFor(deployment("a"), "h4sh", 3);
  expect(metadata).toMatchObject({ name: "web-h4sh", namespace: "default", labels: { app: "web", [TEMPLATE_HASH_LABEL]: "h4sh" } });
  expect(spec).toMatchObject({ replicas: 3, selector: { matchLabels: { app: "web", [TEMPLATE_HASH_LABEL]: "h4sh" } } });
  expect(spec?.template?.metadata?.labels).toEqual({ app: "web", [TEMPLATE_HASH_LABEL]: "h4sh" });
});
