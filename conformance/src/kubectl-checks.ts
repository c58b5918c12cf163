import assert from "node:assert/strict";
import { assertIncludes } from "./api-case.ts";
import type { KubectlCheck } from "./kubectl-check.ts";

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: one
data:
  a: "1"
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "image:1", ports: [{containerPort: 80}]}]}
`;

/** What people do with kubectl, command by command. */
export const kubectlChecks: readonly KubectlCheck[] = [
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
    name: "kubectl create with a generator (protobuf) creates",
    async run(kubectl) {
      assert.equal(await kubectl.run("create configmap made --from-literal=a=1"), "configmap/made created\n");
      assert.equal(await kubectl.run("get cm made -o jsonpath={.data.a}"), "1");
      assert.match(await kubectl.run("create deployment made --image=image:1"), /deployment\.apps\/made created/);
      assert.match(await kubectl.run("create secret generic made --from-literal=a=1"), /secret\/made created/);
      assert.match(await kubectl.run("create serviceaccount made"), /serviceaccount\/made created/);
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
