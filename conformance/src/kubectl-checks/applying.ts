import assert from "node:assert/strict";
import type { KubectlCheck } from "../kubectl-check.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./manifests.ts";

/** Applying and comparing manifests, on the client and on the server. */
export const applyingChecks: readonly KubectlCheck[] = [
  {
    name: "kubectl apply --server-side creates, changes, conflicts and forces",
    async run(kubectl) {
      assert.equal(await kubectl.run("apply --server-side -f -", { input: CONFIG_MAP }), "configmap/one serverside-applied\n");
      const changed = CONFIG_MAP.replace('"1"', '"2"');
      assert.equal(await kubectl.run("apply --server-side -f -", { input: changed }), "configmap/one serverside-applied\n");
      assert.equal(await kubectl.run("get cm one -o jsonpath={.data.a}"), "2");
      const other = "apply --server-side --field-manager=other -f -";
      const conflict = await kubectl.try(other, { input: CONFIG_MAP });
      assert.equal(conflict.code, 1);
      assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "kubectl": \.data\.a/);
      assert.equal(await kubectl.run(`${other} --force-conflicts`, { input: CONFIG_MAP }), "configmap/one serverside-applied\n");
    },
  },
  {
    name: "kubectl apply --server-side takes a CRD and its resources",
    async run(kubectl) {
      const { group } = kubectl.api.crd().spec as { group: string };
      const schema = "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}";
      const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.${group}}
spec:
  group: ${group}
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}]
`;
      kubectl.api.onEnd(() => kubectl.try(`delete crd gadgets.${group}`));
      assert.match(await kubectl.run("apply --server-side -f -", { input: crd }), /serverside-applied/);
      assert.match(await kubectl.run(`wait --for=condition=Established crd/gadgets.${group} --timeout=10s`), /condition met/);
      const input = `apiVersion: ${group}/v1\nkind: Gadget\nmetadata: {name: one}\nspec: {size: 1}\n`;
      await kubectl.api.eventually(async () => {
        assert.equal(await kubectl.run("apply --server-side -f -", { input }), `gadget.${group}/one serverside-applied\n`);
      });
      const wrong = await kubectl.try("apply --server-side -f -", { input: input.replace("size: 1", "size: one") });
      assert.equal(wrong.code, 1);
    },
  },
  {
    name: "kubectl apply of a custom resource creates and changes it",
    async run(kubectl) {
      const kind = await kubectl.customKind();
      const input = `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n`;
      // On a busy machine kubectl now and then finds no mapping for a kind that discovery has told of, on the real server too.
      await kubectl.api.eventually(async () => assert.match(await kubectl.run("apply -f -", { input }), /created/));
      await kubectl.api.eventually(async () => assert.match(await kubectl.run("apply -f -", { input }), /unchanged/));
      const changed = input.replace("size: 3", "size: 4");
      await kubectl.api.eventually(async () => assert.match(await kubectl.run("apply -f -", { input: changed }), /configured/));
      assert.equal(await kubectl.run(`get ${kind.crdName} one -o jsonpath={.spec.size}`), "4");
    },
  },
  {
    name: "kubectl apply of a built-in kind creates and changes it",
    async run(kubectl) {
      assert.match(await kubectl.run("apply -f -", { input: DEPLOYMENT }), /created/);
      assert.match(await kubectl.run("apply -f -", { input: DEPLOYMENT }), /unchanged/);
      assert.match(await kubectl.run("apply -f -", { input: DEPLOYMENT.replace("replicas: 2", "replicas: 3") }), /configured/);
      assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.replicas}"), "3");
    },
  },
  {
    name: "kubectl diff shows what an apply would change",
    async run(kubectl) {
      await kubectl.run("apply --server-side -f -", { input: CONFIG_MAP });
      const diff = await kubectl.try("diff --server-side -f -", { input: CONFIG_MAP.replace('"1"', '"2"') });
      assert.equal(diff.code, 1, diff.stderr);
      assert.match(diff.stdout, /^-\s+a: "1"\n\+\s+a: "2"$/m);
    },
  },
];
