import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, CaseContext } from "./api-case.ts";
import { configMap } from "./cases/sample-objects.ts";
import type { JsonBody } from "./raw-http.ts";
import type { Suite } from "./suite.ts";
import type { ForgetfulTarget } from "./target.ts";

interface HistoryCase {
  readonly name: string;
  run(api: CaseContext, target: ForgetfulTarget): Promise<void>;
}

const MAPS = "/api/v1/namespaces/default/configmaps";

async function makeAndForget(
  api: CaseContext,
  target: ForgetfulTarget,
  query: string,
): Promise<{ readonly page: JsonBody; readonly selector: string }> {
  const labels = { case: api.id };
  for (const name of ["a", "b", "c", "d"]) await api.create(MAPS, configMap(`${api.id}-${name}`, {}, { labels }));
  const selector = `labelSelector=case%3D${api.id}`;
  const page = assertCode(await api.get(`${MAPS}?${selector}${query}`), 200);
  await api.create(MAPS, configMap(`${api.id}-e`, {}, { labels }));
  await api.delete(`${MAPS}/${api.id}-c`);
  await target.forgetHistory();
  return { page, selector };
}

const cases: readonly HistoryCase[] = [
  {
    name: "a continue token from before is 410 with one that goes on in the present",
    async run(api, target) {
      const { page, selector } = await makeAndForget(api, target, "&limit=2");
      const expired = assertStatus(await api.get(`${MAPS}?${selector}&limit=2&continue=${page.metadata.continue}`), 410, {
        reason: "Expired",
      });
      assert.match(
        expired.message,
        /^The provided continue parameter is too old to display a consistent list result\. You can start a new list/,
      );
      const rest = assertCode(await api.get(`${MAPS}?${selector}&limit=5&continue=${expired.metadata.continue}`), 200);
      assert.deepEqual(
        rest.items.map((item: JsonBody) => item.metadata.name),
        [`${api.id}-d`, `${api.id}-e`],
      );
      assert.notEqual(rest.metadata.resourceVersion, page.metadata.resourceVersion);
    },
  },
  {
    name: "a list of an exact version from before is 410",
    async run(api, target) {
      const { page, selector } = await makeAndForget(api, target, "");
      const query = `${selector}&resourceVersion=${page.metadata.resourceVersion}&resourceVersionMatch=Exact`;
      assertStatus(await api.get(`${MAPS}?${query}`), 410, {
        reason: "Expired",
        message: "The resourceVersion for the provided list is too old.",
      });
    },
  },
  {
    name: "a list not older than a version from before is the present",
    async run(api, target) {
      const { page, selector } = await makeAndForget(api, target, "");
      const query = `${selector}&resourceVersion=${page.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`;
      const list = assertCode(await api.get(`${MAPS}?${query}`), 200);
      assert.deepEqual(
        list.items.map((item: JsonBody) => item.metadata.name.slice(-1)),
        ["a", "b", "d", "e"],
      );
    },
  },
  {
    name: "a watch from before sends 410 inside the stream and ends",
    async run(api, target) {
      const { page } = await makeAndForget(api, target, "");
      const watch = await api.watch(`${MAPS}?resourceVersion=${page.metadata.resourceVersion}`);
      assert.equal(watch.status, 200);
      const error = await watch.take();
      assertIncludes(error, {
        type: "ERROR",
        object: { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Expired", code: 410 },
      });
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    name: "a watch that was open goes on",
    async run(api, target) {
      const watch = await api.watch(`${MAPS}?labelSelector=case%3D${api.id}`);
      await makeAndForget(api, target, "");
      const last = await watch.until((event) => event.type === "DELETED");
      assert.equal(last.length, 6);
    },
  },
];

/** What a server says of versions it has forgotten. One case at a time, on a server that nobody else uses. */
export const historySuite: Suite = {
  name: "history",
  async run(target, report, { signal, isWanted }) {
    const wanted = cases.filter((one) => isWanted(one.name));
    if (wanted.length === 0) return;
    await using forgetful = await target.startForgetful();
    for (const one of wanted) {
      signal.throwIfAborted();
      const started = performance.now();
      const api = new CaseContext(forgetful);
      try {
        await one.run(api, forgetful);
        report.passed(one.name, performance.now() - started);
      } catch (error) {
        report.failed(one.name, error, performance.now() - started);
      } finally {
        await api.close();
      }
    }
  },
};
