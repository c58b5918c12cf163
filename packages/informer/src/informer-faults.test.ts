import { describe, expect, it } from "vitest";
import { concludedLabs } from "./testing/concluded-labs.ts";
import { status } from "./testing/fault.ts";

/** Each test is one deterministic plan. */
const lab = concludedLabs();

describe("a server that went back to an older state", () => {
  it("is noticed after the connection broke, and its list taken as the truth", async () => {
    const made = await lab();
    const backup = made.server.backup();
    made.server.update("a");
    made.server.create("c");
    await made.settle();
    made.witness.mayGoBack = true;
    made.server.restore(backup);
    await made.advance(30_000);
    expect(made.witness.log.slice(4)).toEqual(["delete default/c@104 unseen", "update default/a@103→101"]);
    made.server.create("d");
    await made.settle();
    expect(made.informer.lister.has("default/d")).toBe(true);
  });

  it("is noticed behind a proxy that ends streams cleanly, too", async () => {
    const made = await lab();
    const backup = made.server.backup();
    for (let i = 0; i < 10; i += 1) made.server.update("a");
    await made.settle();
    made.witness.mayGoBack = true;
    made.server.endStreams();
    made.server.restore(backup);
    await made.advance(30_000);
    expect(made.informer.lister.version).toBe("102");
  });

  it("is not believed at once: one answer from a replica that lags changes nothing", async () => {
    const made = await lab();
    made.server.failNext("list", { type: "older" });
    made.server.breakStreams();
    await made.advance(30_000);
    expect(made.witness.log).toHaveLength(2);
    made.server.goneAs = "status";
    made.server.update("a");
    await made.settle();
    made.server.muteStreams();
    made.server.writeOtherKinds(1);
    made.server.compact();
    // The check after the silence is answered well, the list after the 410 by the replica that lags.
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "older" });
    await made.advance(120_000);
    expect(made.witness.log).toHaveLength(3);
  });
});

describe("a kind", () => {
  it("whose CRD is deleted and made again is found again", async () => {
    const made = await lab();
    made.server.delete("a");
    made.server.delete("b");
    made.server.failAlways("list", status(404));
    made.server.failAlways("watch", status(404));
    made.server.endStreams();
    await made.advance(900_000);
    made.server.heal();
    made.server.create("z");
    made.server.compact();
    await made.advance(31_000);
    expect(made.informer.lister.keys()).toEqual(["default/z"]);
  });
});
