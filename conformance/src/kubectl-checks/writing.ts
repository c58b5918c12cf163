import assert from "node:assert/strict";
import type { KubectlCheck } from "../kubectl-check.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./manifests.ts";

/** Creating, changing, scaling, waiting for and deleting. */
export const writingChecks: readonly KubectlCheck[] = [
  {
    name: "kubectl create -f creates what a manifest says",
    async run(kubectl) {
      assert.equal(await kubectl.run("create -f -", { input: CONFIG_MAP }), "configmap/one created\n");
      const again = await kubectl.try("create -f -", { input: CONFIG_MAP });
      assert.equal(again.code, 1);
      assert.match(again.stderr, /Error from server \(AlreadyExists\): .*configmaps "one" already exists/);
    },
  },
  {
    name: "kubectl create -f refuses an unknown field",
    async run(kubectl) {
      const refused = await kubectl.try("create -f -", { input: `${CONFIG_MAP}extra: 1\n` });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /strict decoding error: unknown field "extra"/);
    },
  },
  {
    name: "kubectl create -f creates a custom resource",
    async run(kubectl) {
      const kind = await kubectl.customKind();
      const input = `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n`;
      assert.equal(await kubectl.run("create -f -", { input }), `widget.${kind.group}/one created\n`);
      assert.equal(await kubectl.run(`get ${kind.crdName} one -o jsonpath={.spec.size}`), "3");
    },
  },
  {
    name: "kubectl replace replaces",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.equal(await kubectl.run("replace -f -", { input: CONFIG_MAP.replace("  a:", "  b:") }), "configmap/one replaced\n");
      assert.equal(await kubectl.run("get cm one -o jsonpath={.data}"), '{"b":"1"}');
    },
  },
  {
    name: "kubectl label and annotate change metadata",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.equal(await kubectl.run("label cm one tier=front"), "configmap/one labeled\n");
      assert.equal(await kubectl.run("get cm -l tier=front -o name"), "configmap/one\n");
      assert.equal(await kubectl.run("label cm one tier-"), "configmap/one unlabeled\n");
      assert.equal(await kubectl.run("annotate cm one note=hello"), "configmap/one annotated\n");
      assert.equal(await kubectl.run("get cm one -o jsonpath={.metadata.annotations.note}"), "hello");
    },
  },
  {
    name: "kubectl patch takes merge and JSON patches",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.equal(await kubectl.run('patch cm one --type=merge -p {"data":{"b":"2"}}'), "configmap/one patched\n");
      assert.equal(await kubectl.run('patch cm one --type=json -p [{"op":"remove","path":"/data/a"}]'), "configmap/one patched\n");
      assert.equal(await kubectl.run("get cm one -o jsonpath={.data}"), '{"b":"2"}');
    },
  },
  {
    name: "kubectl patch --subresource=status writes a status",
    async run(kubectl) {
      const kind = await kubectl.customKind({ version: { subresources: { status: {} } } });
      await kubectl.run("create -f -", { input: `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\n` });
      await kubectl.run(`patch ${kind.crdName} one --subresource=status --type=merge -p {"status":{"ready":true}}`);
      assert.equal(await kubectl.run(`get ${kind.crdName} one --subresource=status -o jsonpath={.status.ready}`), "true");
    },
  },
  {
    name: "kubectl scale changes replicas",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: DEPLOYMENT });
      assert.equal(await kubectl.run("scale deployment web --replicas=5"), "deployment.apps/web scaled\n");
      assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.replicas}"), "5");
    },
  },
  {
    name: "kubectl set image changes a container",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: DEPLOYMENT });
      assert.equal(await kubectl.run("set image deployment/web main=image:2"), "deployment.apps/web image updated\n");
      assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}"), "image:2");
      assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}"), "80");
    },
  },
  {
    name: "kubectl wait waits for a condition, a value and a deletion",
    async run(kubectl) {
      const kind = await kubectl.customKind({ version: { subresources: { status: {} } } });
      await kubectl.run("create -f -", { input: `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\n` });
      const target = `widget.${kind.group}/one`;
      const waiting = kubectl.run(`wait --for=condition=Ready ${target} --timeout=10s`);
      const status = '{"status":{"phase":"Done","conditions":[{"type":"Ready","status":"True"}]}}';
      await kubectl.run(`patch ${kind.crdName} one --subresource=status --type=merge -p ${status}`);
      assert.equal(await waiting, `${target} condition met\n`);
      assert.equal(await kubectl.run(`wait --for=jsonpath={.status.phase}=Done ${target} --timeout=10s`), `${target} condition met\n`);
      const gone = kubectl.run(`wait --for=delete ${target} --timeout=10s`);
      await kubectl.run(`delete ${target}`);
      await gone;
      const late = await kubectl.try(`wait --for=create ${target} --timeout=1s`);
      assert.equal(late.code, 1);
    },
  },
  {
    name: "kubectl delete waits until the object is gone",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      const ns = await kubectl.namespace();
      assert.equal(await kubectl.run("delete cm one"), `configmap "one" deleted from ${ns} namespace\n`);
      assert.equal((await kubectl.try("get cm one")).code, 1);
      assert.equal((await kubectl.try("delete cm one")).code, 1);
      assert.equal(await kubectl.run("delete cm one --ignore-not-found"), "");
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.match(await kubectl.run("delete cm --all"), /"one" deleted/);
    },
  },
  {
    name: "kubectl create with a generator (protobuf) creates",
    async run(kubectl) {
      assert.equal(await kubectl.run("create configmap made --from-literal=a=1"), "configmap/made created\n");
      assert.equal(await kubectl.run("get cm made -o jsonpath={.data.a}"), "1");
      assert.match(await kubectl.run("create deployment made --image=image:1"), /deployment\.apps\/made created/);
      assert.match(await kubectl.run("create secret generic made --from-literal=a=1"), /secret\/made created/);
      assert.match(await kubectl.run("create serviceaccount made"), /serviceaccount\/made created/);
    },
  },
];
