import type { ObjectEntry } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { Pod } from "../testing/kinds.ts";
import { WatchDecoder } from "./decode-watch.ts";
import { EntryMaker } from "./entry.ts";

function decoder(options: { keepManagedFields?: boolean; freeze?: boolean; maxLineBytes?: number } = {}): WatchDecoder<never> {
  const { keepManagedFields = false, freeze = true, ...rest } = options;
  const entries = new EntryMaker({ kind: Pod, action: "watch Pod", keepManagedFields, freeze });
  return new WatchDecoder({ entries, action: "watch Pod", ...rest }) as WatchDecoder<never>;
}

const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "x", uid: "u", resourceVersion: "7" } };
const line = (type: string, object: unknown): Buffer => Buffer.from(`${JSON.stringify({ type, object })}\n`);

describe("WatchDecoder", () => {
  it.each(["ADDED", "MODIFIED", "DELETED"])("reads %s with its entry", (type) => {
    const [event] = decoder().push(line(type, pod));
    if (event?.type !== type) throw new Error(`expected ${type}`);
    const { key, uid, resourceVersion, object } = (event as { entry: ObjectEntry }).entry;
    expect({ key, uid, resourceVersion, object }).toEqual({ key: "x/a", uid: "u", resourceVersion: "7", object: pod });
  });

  it("gives the events of one piece of bytes together, and a cut event with the piece that completes it", () => {
    const watch = decoder();
    const bytes = Buffer.concat([line("ADDED", pod), line("MODIFIED", pod), line("DELETED", pod)]);
    expect(watch.push(bytes.subarray(0, -5)).map(({ type }) => type)).toEqual(["ADDED", "MODIFIED"]);
    expect(watch.push(bytes.subarray(-5)).map(({ type }) => type)).toEqual(["DELETED"]);
  });

  it.each(['{"type":"ADDED","object": OBJECT}', '{"type": "ADDED", "object": OBJECT}', ' { "object" : OBJECT , "type":"ADDED" } '])(
    "reads an event with spaces where JSON allows them: %s",
    (text) => {
      const [event] = decoder().push(Buffer.from(`${text.replace("OBJECT", JSON.stringify(pod))}\n`));
      expect(event).toMatchObject({ type: "ADDED", entry: { key: "x/a", uid: "u", resourceVersion: "7" } });
    },
  );

  it("reads a last event that lacks its newline", () => {
    const watch = decoder();
    expect(watch.push(line("ADDED", pod).subarray(0, -1))).toEqual([]);
    expect(watch.end()).toMatchObject([{ type: "ADDED" }]);
    expect(watch.end()).toEqual([]);
  });

  it("keeps what a line began with while others read, and their bytes, and those it was given, are overwritten", () => {
    const [first, second] = [decoder(), decoder()];
    const bytes = Buffer.concat([line("DELETED", pod), line("ADDED", pod)]);
    const given = Buffer.from(bytes.subarray(0, -30));
    expect(first.push(given)).toMatchObject([{ type: "DELETED" }]);
    const more = Buffer.from(bytes.subarray(-30, -20));
    expect(first.push(more)).toEqual([]);
    for (const buffer of [given, more]) buffer.fill("x");
    second.push(line("MODIFIED", { ...pod, metadata: { name: "another", labels: { long: "y".repeat(1_000) } } }));
    expect(first.push(bytes.subarray(-20))).toMatchObject([{ type: "ADDED", entry: { key: "x/a", object: pod } }]);
  });

  it("tells the bookmark that ends the initial events from others", () => {
    const bookmark = { kind: "Pod", metadata: { resourceVersion: "9" } };
    const last = { kind: "Pod", metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "true" } } };
    expect(decoder().push(line("BOOKMARK", bookmark))).toEqual([{ type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: false }]);
    expect(decoder().push(line("BOOKMARK", last))).toEqual([{ type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: true }]);
    const not = { kind: "Pod", metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "false" } } };
    expect(decoder().push(line("BOOKMARK", not))).toEqual([{ type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: false }]);
  });

  it("reads an ERROR as the error it holds", () => {
    const status = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
    expect(decoder().push(line("ERROR", status))).toMatchObject([{ type: "ERROR", error: { code: "Expired", status: 410 } }]);
    expect(decoder().push(line("ERROR", undefined))).toMatchObject([{ type: "ERROR", error: { code: "InternalError" } }]);
  });

  it.each([
    ["corrupt in the middle of an object", Buffer.from(line("ADDED", pod).toString().replace('"uid":', '"uid";'))],
    ["cut off in what is left out", Buffer.from('{"type":"ADDED","object":{"metadata":{"name":"a","managedFields":[{"b":"]}\n')],
    ["no UTF-8", Buffer.from(line("ADDED", { metadata: { name: "a", labels: { a: "é" } } }).toString(), "latin1")],
    ["no UTF-8 and no change", Buffer.from(line("ERROR", { message: "é" }).toString(), "latin1")],
    ["two objects", Buffer.concat([line("ADDED", pod).subarray(0, -1), line("ADDED", pod)])],
    ["not JSON", Buffer.from('{"type":"ADDED","obj\n')],
    ["an HTML page", Buffer.from("<html></html>\n")],
    ["no object", Buffer.from("null\n")],
    ["no event", Buffer.from("{}\n")],
    ["of an unknown type", line("MOVED", pod)],
    ["without an object", line("ADDED", undefined)],
    ["without a name", line("ADDED", { metadata: {} })],
    ["a bookmark without a version", line("BOOKMARK", { metadata: {} })],
    ["a bookmark with an empty version", line("BOOKMARK", { metadata: { resourceVersion: "" } })],
  ])("throws at a line that is %s, and never skips it", (_title, bytes) => {
    expect(() => decoder().push(bytes)).toThrow(
      expect.objectContaining({ code: "MalformedResponse", message: expect.stringMatching(/^watch Pod: /) }),
    );
  });

  it("throws at a cut last line and at one that is too long", () => {
    const cut = decoder();
    cut.push(Buffer.from('{"type":'));
    expect(() => cut.end()).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
    for (const long of [Buffer.alloc(11, "x"), line("ADDED", pod)])
      expect(() => decoder({ maxLineBytes: 10 }).push(long)).toThrow("watch Pod: a line is longer than 10 bytes");
  });

  it("does not mind what is wrong with managedFields that are left out, as long as their brackets match", () => {
    const text = line("ADDED", { ...pod, metadata: { managedFields: ["WRONG"], ...pod.metadata } }).toString();
    const wrong = Buffer.from(text.replace('"WRONG"', "nonsense,{;}"));
    expect(decoder().push(wrong)).toMatchObject([{ type: "ADDED", entry: { key: "x/a", object: pod } }]);
    expect(() => decoder({ keepManagedFields: true }).push(wrong)).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });

  it("leaves managedFields out unless asked for them, and freezes what it gives", () => {
    const managed = { ...pod, metadata: { ...pod.metadata, managedFields: [{ manager: "m" }] } };
    const objectOf = (options: Parameters<typeof decoder>[0]): { metadata: object } => {
      const [event] = decoder(options).push(line("ADDED", managed));
      return (event as unknown as { entry: { object: { metadata: object } } }).entry.object;
    };
    expect(objectOf({})).toEqual(pod);
    expect("managedFields" in objectOf({}).metadata).toBe(false);
    expect(objectOf({ keepManagedFields: true })).toEqual(managed);
    expect(Object.isFrozen(objectOf({}).metadata)).toBe(true);
    expect(Object.isFrozen(objectOf({ freeze: false }).metadata)).toBe(false);
  });
});
