import assert from "node:assert/strict";
import { assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";

async function podsWith(api: CaseContext, ...containers: readonly string[]): Promise<string> {
  const path = `/api/v1/namespaces/${await api.namespace()}/pods`;
  const named = containers.map((name) => ({ name, image: "a" }));
  await api.create(path, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: named, automountServiceAccountToken: false },
  });
  return path;
}

const wrong = (option: string, message: string): ApiCase => ({
  name: `a log that is asked for with ${option} is refused`,
  async run(api) {
    const pods = await podsWith(api, "main");
    const code = message.startsWith("PodLogOptions") ? 422 : 400;
    assertStatus(await api.get(`${pods}/p/log?${option}`), code, { message });
    // Before the pod is looked for.
    assertStatus(await api.get(`${pods}/missing/log?${option}`), code);
  },
});

/** What the API server itself says of a pod's log; the lines are the kubelet's, whom the real target has not. */
export const loggingCases: readonly ApiCase[] = [
  {
    name: "the log of a pod that is not there is 404",
    async run(api) {
      const pods = await podsWith(api, "main");
      assertStatus(await api.get(`${pods}/missing/log`), 404, {
        message: 'pods "missing" not found',
        details: { name: "missing", kind: "pods" },
      });
    },
  },
  {
    name: "the log of a pod that no node has is 204",
    async run(api) {
      const pods = await podsWith(api, "main");
      for (const query of ["", "?container=main", "?follow=true", "?previous=true"]) {
        const { status, text } = await api.get(`${pods}/p/log${query}`);
        assert.deepEqual([status, text], [204, ""], query);
      }
    },
  },
  {
    name: "the log of a pod with several containers needs the name of one",
    async run(api) {
      const pods = await podsWith(api, "main", "side");
      assertStatus(await api.get(`${pods}/p/log`), 400, {
        reason: "BadRequest",
        message: "a container name must be specified for pod p, choose one of: [main side]",
      });
      assertStatus(await api.get(`${pods}/p/log?container=nope`), 400, { message: "container nope is not valid for pod p" });
      assert.equal((await api.get(`${pods}/p/log?container=side`)).status, 204);
    },
  },
  {
    name: "a log is read only",
    async run(api) {
      const pods = await podsWith(api, "main");
      assertStatus(await api.post(`${pods}/p/log`, {}), 405, { reason: "MethodNotAllowed" });
      assertStatus(await api.delete(`${pods}/p/log`), 405);
    },
  },
  {
    name: "a log is asked for as JSON, though it is text",
    async run(api) {
      const pods = await podsWith(api, "main");
      for (const accept of ["application/json, */*", "text/plain, application/json", "*/*"]) {
        assert.equal((await api.get(`${pods}/p/log`, { headers: { accept } })).status, 204, accept);
      }
      assertStatus(await api.get(`${pods}/p/log`, { headers: { accept: "text/plain" } }), 406, {
        message: "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
      });
      assertStatus(await api.get(`${pods}/p/log`, { headers: { accept: "application/foo" } }), 406, {
        message:
          "406: Not Acceptable\n\nAvailable representations: text/plain, application/json, application/yaml, application/vnd.kubernetes.protobuf",
      });
    },
  },
  wrong("tailLines=-1", 'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'),
  wrong("tailLines=x", 'strconv.ParseInt: parsing "x": invalid syntax'),
  wrong("tailLines=", 'strconv.ParseInt: parsing "": invalid syntax'),
  wrong("limitBytes=0", 'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0'),
  wrong("sinceSeconds=0", 'PodLogOptions "p" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'),
  wrong("sinceTime=bad", 'parsing time "bad" as "2006-01-02T15:04:05Z07:00": cannot parse "bad" as "2006"'),
  wrong(
    "sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z",
    'PodLogOptions "p" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
  ),
  wrong("stream=Stdout", 'PodLogOptions "p" is invalid: stream: Forbidden: may not be specified'),
];
