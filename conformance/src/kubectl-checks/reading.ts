import assert from "node:assert/strict";
import { assertIncludes } from "../api-case.ts";
import type { KubectlCheck } from "../kubectl-check.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./manifests.ts";

/** What people look at: tables, objects, discovery, rights. */
export const readingChecks: readonly KubectlCheck[] = [
  {
    name: "kubectl version names the server",
    async run(kubectl) {
      assert.match(await kubectl.run("version"), /Server Version: v1\.\d+\.\d+/);
    },
  },
  {
    name: "kubectl api-resources and api-versions list what is served",
    async run(kubectl) {
      const kind = await kubectl.customKind();
      const resources = await kubectl.run("api-resources");
      assert.match(resources, /^configmaps +cm +v1 +true +ConfigMap$/m);
      assert.match(resources, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
      assert.match(resources, new RegExp(`^widgets +${kind.apiVersion.replaceAll(".", "\\.")} +true +Widget$`, "m"));
      assert.match(await kubectl.run("api-versions"), /^apps\/v1$/m);
      assert.match(await kubectl.run("api-resources --api-group=apps -o name"), /^deployments\.apps$/m);
    },
  },
  {
    name: "kubectl get prints a table",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.match(await kubectl.run("get configmaps"), /^NAME +DATA +AGE\none +1 +\d+s$/m);
      assert.match(await kubectl.run("get cm one --no-headers"), /^one +1 +\d+s$/m);
      assert.match(await kubectl.run("get cm -A"), /^NAMESPACE +NAME +DATA +AGE$/m);
      assert.match(await kubectl.run("get cm --show-labels"), /^NAME +DATA +AGE +LABELS$/m);
      const missing = await kubectl.try("get cm two");
      assert.equal(missing.stderr, 'Error from server (NotFound): configmaps "two" not found\n');
      const none = await kubectl.try("get secrets");
      assert.match(none.stderr, /^No resources found in case-/);
    },
  },
  {
    name: "kubectl get -o yaml, json, name, jsonpath and custom-columns",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      assert.match(await kubectl.run("get cm one -o yaml"), /^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\nmetadata:\n/);
      assertIncludes(JSON.parse(await kubectl.run("get cm one -o json")), { kind: "ConfigMap", data: { a: "1" } });
      const list = JSON.parse(await kubectl.run("get cm -o json")) as unknown;
      assertIncludes(list, { kind: "List", items: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" } }] });
      assert.equal(await kubectl.run("get cm -o name"), "configmap/one\n");
      assert.equal(await kubectl.run("get cm one -o jsonpath={.data.a}"), "1");
      assert.match(await kubectl.run("get cm -o custom-columns=N:.metadata.name,A:.data.a"), /^N +A\none +1$/m);
    },
  },
  {
    name: "kubectl get prints a custom kind's columns",
    async run(kubectl) {
      const additionalPrinterColumns = [
        { name: "Size", type: "integer", jsonPath: ".spec.size" },
        { name: "Far", type: "string", jsonPath: ".spec.far", priority: 1 },
      ];
      const kind = await kubectl.customKind({ version: { additionalPrinterColumns } });
      const input = `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3, far: away}\n`;
      await kubectl.run("create -f -", { input });
      assert.match(await kubectl.run(`get ${kind.crdName}`), /^NAME +SIZE\none +3$/m);
      assert.match(await kubectl.run(`get ${kind.crdName} -o wide`), /^NAME +SIZE +FAR\none +3 +away$/m);
    },
  },
  {
    name: "kubectl get -w prints changes as they come",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      const watch = await kubectl.start("get cm -w --output-watch-events");
      await kubectl.api.eventually(async () => assert.match(watch.output, /^ADDED +one +1 /m));
      await kubectl.run('patch cm one --type=merge -p {"data":{"b":"2"}}');
      await kubectl.api.eventually(async () => assert.match(watch.output, /^MODIFIED +one +2 /m));
      await kubectl.run("delete cm one");
      await kubectl.api.eventually(async () => assert.match(watch.output, /^DELETED +one +2 /m));
    },
  },
  {
    name: "kubectl describe shows the object and its events",
    async run(kubectl) {
      const ns = await kubectl.namespace();
      await kubectl.run("create -f -", { input: DEPLOYMENT });
      const shown = await kubectl.run("describe deployment web");
      assert.match(shown, /^Name: +web$/m);
      assert.match(shown, /^Replicas: +2 desired \| 0 updated \| 0 total \| 0 available \| 0 unavailable$/m);
      await kubectl.api.create(`/api/v1/namespaces/${ns}/events`, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "web.1" },
        involvedObject: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          namespace: ns,
          name: "web",
          uid: await uidOf(kubectl, "deployment web"),
        },
        reason: "Tested",
        message: "it was tested",
        type: "Normal",
        firstTimestamp: "2026-01-02T03:04:05Z",
        lastTimestamp: "2026-01-02T03:04:05Z",
        count: 1,
      });
      assert.match(await kubectl.run("describe deployment web"), /Normal +Tested +.* +it was tested/);
      assert.match(await kubectl.run("get events"), /Normal +Tested +deployment\/web +it was tested/);
      const kind = await kubectl.customKind();
      await kubectl.run("create -f -", { input: `apiVersion: ${kind.apiVersion}\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n` });
      assert.match(await kubectl.run(`describe ${kind.crdName} one`), /^Spec:\n {2}Size: +3$/m);
    },
  },
  {
    name: "kubectl explain tells what fields mean",
    async run(kubectl) {
      const explained = await kubectl.run("explain deployment.spec.replicas");
      assert.match(explained, /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n/);
      assert.match(explained, /FIELD: replicas <integer>/);
      const spec = { type: "object", properties: { size: { type: "integer", description: "How big it is." } } };
      const kind = await kubectl.customKind({ schema: { type: "object", properties: { spec } } });
      await kubectl.api.eventually(async () => {
        const own = await kubectl.run(
          `explain ${kind.crdName}.spec`.replace(`${kind.crdName}.spec`, `widget.spec --api-version=${kind.apiVersion}`),
        );
        assert.match(own, /^ {2}size\t<integer>\n {4}How big it is\.$/m);
      });
    },
  },
  {
    name: "kubectl --raw and --dry-run=server reach the server",
    async run(kubectl) {
      assert.equal(await kubectl.run("get --raw /healthz"), "ok");
      assert.equal(await kubectl.run("create --dry-run=server -f -", { input: CONFIG_MAP }), "configmap/one created (server dry run)\n");
      assert.equal((await kubectl.try("get cm one")).code, 1);
    },
  },
  {
    name: "kubectl create token makes a token",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: me}\n" });
      assert.match(await kubectl.run("create token me"), /^[\w-]+\.[\w-]+\.[\w-]+\s*$/);
    },
  },
  {
    name: "kubectl auth can-i and whoami answer",
    async run(kubectl) {
      assert.equal(await kubectl.run("auth can-i create pods"), "yes\n");
      assert.match(await kubectl.run("auth whoami"), /Username +\S+/);
    },
  },
];

async function uidOf(kubectl: { run(command: string): Promise<string> }, what: string): Promise<string> {
  return kubectl.run(`get ${what} -o jsonpath={.metadata.uid}`);
}
