import { ApiError, type EventRecord } from "@operatorkit/api";
import { ConfigMap, Event, Node } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { EventRecorder } from "./event-recorder.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";

const regarding: ConfigMap = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", namespace: "n", uid: "u1", resourceVersion: "7" },
};
const said: EventRecord = { regarding, type: "Normal", reason: "Scaled", message: "scaled to 3" };

function setUp(): { clock: ManualClock; cluster: FakeCluster; recorder: EventRecorder; events: () => Event[] } {
  const clock = new ManualClock();
  const cluster = new FakeCluster([Event]);
  const recorder = new EventRecorder({ client: cluster.client(), component: "echo", clock });
  return { clock, cluster, recorder, events: () => cluster.list(Event) };
}

describe("EventRecorder", () => {
  it("writes an event in the object's namespace, with all that kubectl shows", async () => {
    const { clock, recorder, events, cluster } = setUp();
    recorder.record(said);
    await clock.advance(0);
    expect(events()).toMatchObject([
      {
        metadata: { namespace: "n" },
        involvedObject: { apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: "n", uid: "u1", resourceVersion: "7" },
        type: "Normal",
        reason: "Scaled",
        message: "scaled to 3",
        count: 1,
        firstTimestamp: "2026-01-01T00:00:00Z",
        lastTimestamp: "2026-01-01T00:00:00Z",
        source: { component: "echo" },
      },
    ]);
    expect(events()[0]?.metadata.name).toMatch(/^a\.[0-9a-f]+$/);
    expect(cluster.writes[0]).toMatch(/^create Event n\/a\.[0-9a-f]+ as echo$/);
  });

  it.each<[unknown, string]>([
    [undefined, "options are missing"],
    [{ component: "echo" }, "client: is missing, and must be a client"],
    [{ client: new FakeCluster([Event]).client(), component: "" }, 'component: "" must be a string, and not empty'],
  ])("refuses to be made of what cannot work: %#", (options, message) => {
    expect(() => new EventRecorder(options as never)).toThrow(`EventRecorder: ${message}`);
  });

  it("drops what is no event instead of throwing, and goes on", async () => {
    const { clock, recorder, events } = setUp();
    const broken = [undefined, { ...said, regarding: undefined }, { ...said, regarding: { kind: "X" } }, { ...said, message: 3 }];
    for (const event of broken) expect(() => recorder.record(event as never)).not.toThrow();
    recorder.record(said);
    await clock.advance(0);
    expect(events().map(({ message }) => message)).toEqual(["scaled to 3"]);
  });

  it("writes events about cluster-scoped objects in default", async () => {
    const { clock, recorder, events } = setUp();
    const node: Node = { apiVersion: "v1", kind: "Node", metadata: { name: "worker" } };
    recorder.record({ ...said, regarding: node });
    await clock.advance(0);
    expect(events()[0]?.metadata.namespace).toBe("default");
    expect(events()[0]?.involvedObject).not.toHaveProperty("namespace");
  });

  it("counts up what is said again, and makes a new event of what differs", async () => {
    const { clock, recorder, events } = setUp();
    recorder.record(said);
    recorder.record(said);
    await clock.advance(60_000);
    recorder.record(said);
    recorder.record({ ...said, message: "scaled to 4" });
    await clock.advance(0);
    expect(
      events().map(({ message, count, firstTimestamp, lastTimestamp }) => ({ message, count, firstTimestamp, lastTimestamp })),
    ).toEqual([
      { message: "scaled to 3", count: 3, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:01:00Z" },
      { message: "scaled to 4", count: 1, firstTimestamp: "2026-01-01T00:01:00Z", lastTimestamp: "2026-01-01T00:01:00Z" },
    ]);
  });

  it("starts a new event when the server has forgotten the old one", async () => {
    const { clock, cluster, recorder, events } = setUp();
    recorder.record(said);
    await clock.advance(0);
    const [first] = events();
    cluster.remove(Event, { name: first?.metadata.name ?? "", namespace: "n" });
    recorder.record(said);
    await clock.advance(0);
    expect(events().map(({ count }) => count)).toEqual([1]);
    expect(events()[0]?.metadata.name).not.toBe(first?.metadata.name);
  });

  it("takes another name when the one it would give is taken", async () => {
    const { clock, cluster, recorder, events } = setUp();
    const names: string[] = [];
    cluster.onWrite = ({ key }) => {
      names.push(key);
      if (names.length === 1) throw new ApiError("create: it is there", { code: "AlreadyExists", status: 409 });
    };
    recorder.record(said);
    await clock.advance(0);
    expect([events().length, new Set(names).size]).toEqual([1, 2]);
  });

  it("drops what cannot be written, and goes on", async () => {
    const { clock, cluster, recorder, events } = setUp();
    let failures = 0;
    cluster.onWrite = () => {
      failures += 1;
      if (failures === 1) throw new Error("refused");
    };
    recorder.record(said);
    recorder.record({ ...said, reason: "Other" });
    await clock.advance(0);
    expect(events().map(({ reason }) => reason)).toEqual(["Other"]);
  });

  it("lets 25 events about an object through at once, then one in 5 minutes", async () => {
    const { clock, recorder, events } = setUp();
    for (let i = 0; i < 30; i += 1) recorder.record({ ...said, message: `message ${i}` });
    await clock.advance(0);
    expect(events()).toHaveLength(25);
    await clock.advance(300_000);
    for (let i = 0; i < 3; i += 1) recorder.record({ ...said, message: `later ${i}` });
    await clock.advance(0);
    expect(events()).toHaveLength(26);
  });

  it("lets no more than 25 through at once after a long silence", async () => {
    const { clock, recorder, events } = setUp();
    recorder.record(said);
    await clock.advance(86_400_000);
    for (let i = 0; i < 30; i += 1) recorder.record({ ...said, message: `message ${i}` });
    await clock.advance(0);
    expect(events()).toHaveLength(26);
  });

  it("bounds how many wait to be written", async () => {
    const { clock, cluster, recorder, events } = setUp();
    for (let i = 0; i < 1100; i += 1) {
      const object: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `a-${i}`, namespace: "n", uid: `u${i}` } };
      recorder.record({ ...said, regarding: object });
      // What waits already is counted up: that is no more to write.
      if (i === 1050) recorder.record({ ...said, regarding: { ...object, metadata: { ...object.metadata, name: "a-0", uid: "u0" } } });
    }
    await clock.advance(0);
    await recorder.close();
    expect(events()).toHaveLength(1000);
    expect(events().find(({ involvedObject }) => involvedObject.name === "a-0")?.count).toBe(2);
    expect(cluster.writes).toHaveLength(1000);
  });

  it("cuts a message at 1,024 bytes, never through a character", async () => {
    const { clock, recorder, events } = setUp();
    recorder.record({ ...said, message: `x${"é".repeat(1000)}` });
    await clock.advance(0);
    expect(events()[0]?.message).toBe(`x${"é".repeat(511)}`);
  });

  it("writes what waits when it is closed, drops what cannot be written in time, and takes nothing more", async () => {
    const { clock, recorder, events } = setUp();
    recorder.record(said);
    await recorder.close();
    recorder.record({ ...said, reason: "Late" });
    await clock.advance(0);
    expect(events().map(({ reason }) => reason)).toEqual(["Scaled"]);
    expect(clock.pendingTimers).toBe(0);

    const stuck = new FakeCluster([Event]).client();
    const hanging = new EventRecorder({
      client: {
        ...stuck,
        create: () => new Promise(() => {}),
        with: () => ({ ...stuck, create: () => new Promise(() => {}) }),
      } as typeof stuck,
      component: "echo",
      clock,
    });
    hanging.record(said);
    const closed = hanging.close({ timeoutMs: 500 });
    await clock.advance(500);
    await closed;
    expect(clock.pendingTimers).toBe(0);
  });
});
