import assert from "node:assert/strict";
import type { KubectlCheck } from "../kubectl-check.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./manifests.ts";

/** What people do to a cluster that runs: roll out, expose, drain, hand out rights and tokens. */
export const operatingChecks: readonly KubectlCheck[] = [
  {
    name: "kubectl rollout pauses, resumes, restarts and tells the state",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: DEPLOYMENT });
      assert.equal(await kubectl.run("rollout pause deployment web"), "deployment.apps/web paused\n");
      assert.match((await kubectl.try("rollout pause deployment web")).stderr, /deployments\.apps "web" is already paused/);
      assert.equal(await kubectl.run("rollout resume deployment web"), "deployment.apps/web resumed\n");
      assert.equal(await kubectl.run("rollout restart deployment web"), "deployment.apps/web restarted\n");
      assert.match((await kubectl.try("rollout status deployment web --timeout=1s")).stdout, /^Waiting for deployment /);
      assert.match((await kubectl.try("rollout undo deployment web")).stderr, /no rollout history found for deployment "web"/);
    },
  },
  {
    name: "kubectl expose and autoscale make a Service and an autoscaler for a Deployment",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: DEPLOYMENT });
      assert.equal(await kubectl.run("expose deployment web --port=80"), "service/web exposed\n");
      assert.match(await kubectl.run("get service web"), /^web +ClusterIP +[\d.]+ +<none> +80\/TCP +\d+s$/m);
      assert.match(
        await kubectl.run("autoscale deployment web --min=1 --max=3 --cpu-percent=50"),
        /^horizontalpodautoscaler\.autoscaling\/web autoscaled\n/,
      );
      assert.match(await kubectl.run("get hpa"), /^web +Deployment\/web +cpu: <unknown>\/50% +1 +3 +0 +\d+s$/m);
    },
  },
  {
    name: "kubectl create job --from starts a CronJob's job, and a schedule that is none is refused",
    async run(kubectl) {
      assert.match(await kubectl.run("create cronjob every --image=image:1 '--schedule=0 * * * *'"), /created/);
      assert.equal(await kubectl.run("create job now --from=cronjob/every"), "job.batch/now created\n");
      assert.equal(await kubectl.run("get job now -o jsonpath={.metadata.ownerReferences[0].name}"), "every");
      const bad = await kubectl.try("create cronjob bad --image=image:1 --schedule=hourly");
      assert.match(bad.stderr, /spec\.schedule: Invalid value: "hourly": expected exactly 5 fields, found 1: \[hourly\]/);
    },
  },
  {
    name: "kubectl create token binds to a pod that is there",
    async run(kubectl) {
      await kubectl.run("create serviceaccount me");
      assert.match(await kubectl.run("create token me --duration=10m --audience=somebody"), /^[\w-]+\.[\w-]+\.[\w-]+\s*$/);
      const none = await kubectl.try("create token me --bound-object-kind=Pod --bound-object-name=none");
      assert.match(none.stderr, /pods "none" not found/);
    },
  },
  {
    name: "kubectl cordon, taint and drain prepare a node for its end",
    async run(kubectl) {
      const node = `node-${kubectl.api.id}`;
      kubectl.api.onEnd(() => kubectl.try(`delete node ${node}`));
      await kubectl.run("create -f -", { input: `apiVersion: v1\nkind: Node\nmetadata: {name: ${node}}\n` });
      const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec: {nodeName: ${node}, containers: [{name: main, image: "image:1"}]}\n`;
      await kubectl.run("create -f -", { input: pod });
      assert.equal(await kubectl.run(`cordon ${node}`), `node/${node} cordoned\n`);
      assert.match(await kubectl.run(`get node ${node}`), /SchedulingDisabled/);
      assert.equal(await kubectl.run(`taint node ${node} key=value:NoSchedule`), `node/${node} tainted\n`);
      assert.match((await kubectl.try(`taint node ${node} key=value:NoSchedule`)).stderr, /already has key taint\(s\) with same effect/);
      const refused = await kubectl.try(`drain ${node} --timeout=5s`);
      assert.match(refused.stderr, /cannot delete Pods that declare no controller/);
      assert.match((await kubectl.try(`drain ${node} --force --timeout=1s`)).stdout, /^evicting pod [\w-]+\/one$/m);
      assert.notEqual(await kubectl.run("get pod one -o jsonpath={.metadata.deletionTimestamp}"), "");
      assert.equal(await kubectl.run(`uncordon ${node}`), `node/${node} uncordoned\n`);
    },
  },
  {
    name: "kubectl create role and rolebinding hand out rights that auth can-i tells",
    async run(kubectl) {
      const ns = await kubectl.namespace();
      await kubectl.run("create role reader --verb=get,list --resource=pods");
      await kubectl.run(`create rolebinding readers --role=reader --serviceaccount=${ns}:me`);
      const as = `--as=system:serviceaccount:${ns}:me`;
      assert.equal(await kubectl.run(`auth can-i list pods ${as}`), "yes\n");
      assert.equal((await kubectl.try(`auth can-i delete pods ${as}`)).stdout, "no\n");
      assert.match(await kubectl.run(`auth can-i --list ${as}`), /^pods +\[\] +\[\] +\[get list\]$/m);
      assert.match((await kubectl.try(`get configmaps ${as}`)).stderr, /configmaps is forbidden: User "system:serviceaccount:/);
    },
  },
  {
    name: "kubectl replace --force and apply --prune take away what was there",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      const forced = await kubectl.run("replace --force -f -", { input: CONFIG_MAP });
      assert.match(forced, /configmap "one" deleted from [\w-]+ namespace\nconfigmap\/one replaced\n/);
      const labelled = (name: string): string => CONFIG_MAP.replace("name: one", `name: ${name}\n  labels: {set: a}`);
      await kubectl.run("apply -f -", { input: `${labelled("two")}---\n${labelled("three")}` });
      const pruned = await kubectl.run("apply -f - --prune -l set=a --prune-allowlist=core/v1/ConfigMap", { input: labelled("two") });
      assert.match(pruned, /configmap\/three pruned/);
    },
  },
  {
    name: "kubectl patch of a wrong type says what could not be converted",
    async run(kubectl) {
      await kubectl.run("create -f -", { input: CONFIG_MAP });
      const refused = await kubectl.try('patch configmap one -p \'{"data":{"a":1}}\'');
      assert.equal(refused.stderr, 'The request is invalid: patch: Invalid value: "map[data:map[a:1]]": cannot convert int64 to string\n');
    },
  },
];
