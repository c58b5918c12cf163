import { describe, expect, it } from "vitest";
import { Echo, echo } from "../testing/harness.ts";
import { ObjectTimestamps } from "./object-timestamps.ts";
import { sampling } from "./testing/run-controller.ts";

const creationTimestamp = "2026-01-01T00:00:10Z";
const deletionTimestamp = "2026-01-01T00:00:20Z";
const T0 = Date.parse("2026-01-01T00:00:00Z") / 1000;

describe("the time stamps of objects", () => {
  it("are those of the objects there are: a series comes and goes with its object, and with its deletion", () => {
    const samples = new Map<string, number>();
    const timestamps = new ObjectTimestamps({ metrics: sampling(samples), kind: Echo, controller: "echo" });
    const a = echo("a", "x", { creationTimestamp });
    const deleting = echo("a", "x", { creationTimestamp, deletionTimestamp });
    timestamps.add(a);
    timestamps.add(echo("b", "x", { creationTimestamp: "not a time" }));
    expect([...samples]).toEqual([["operatorkit_controller_creation_timestamp{Echo,a,n,echo}", T0 + 10]]);
    timestamps.update(a, deleting);
    expect([...samples]).toEqual([
      ["operatorkit_controller_creation_timestamp{Echo,a,n,echo}", T0 + 10],
      ["operatorkit_controller_deletion_timestamp{Echo,a,n,echo}", T0 + 20],
    ]);
    // A new object under the name, the deletion of the old one was missed.
    timestamps.update(deleting, a);
    expect([...samples.keys()]).toEqual(["operatorkit_controller_creation_timestamp{Echo,a,n,echo}"]);
    timestamps.delete(a);
    timestamps.delete(a);
    expect(samples.size).toBe(0);
  });

  it("are an informer's without a controller, and all go when it ends", () => {
    const samples = new Map<string, number>();
    const timestamps = new ObjectTimestamps({ metrics: sampling(samples), kind: Echo });
    timestamps.add(echo("a", "x", { creationTimestamp }));
    timestamps.add(echo("b", "x", { creationTimestamp, deletionTimestamp }));
    expect([...samples.keys()]).toEqual([
      "operatorkit_informer_creation_timestamp{Echo,a,n}",
      "operatorkit_informer_creation_timestamp{Echo,b,n}",
      "operatorkit_informer_deletion_timestamp{Echo,b,n}",
    ]);
    timestamps.clear();
    expect(samples.size).toBe(0);
  });
});
