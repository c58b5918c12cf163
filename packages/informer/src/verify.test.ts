import { describe, expect, it } from "vitest";
import { startedLab } from "./testing/lab.ts";

describe("verify", () => {
  it("finds nothing when all is well, also while changes are on their way", async () => {
    await using lab = await startedLab();
    lab.server.muteStreams();
    lab.server.update("a");
    const verifying = lab.informer.verify({ signal: new AbortController().signal, settleMs: 120_000 });
    await lab.advance(120_000);
    expect(await verifying).toEqual([]);
  });

  it("finds what is missing, different and left over", async () => {
    const lab = await startedLab();
    lab.server.muteStreams();
    lab.server.update("a");
    lab.server.delete("b", "other");
    lab.server.create("c");
    const verifying = lab.informer.verify({ signal: new AbortController().signal, settleMs: 10 });
    await lab.advance(10);
    expect((await verifying).map(({ key, type }) => `${type} ${key}`)).toEqual([
      "different default/a",
      "missing default/c",
      "extra other/b",
    ]);
    await lab.stop();
  });
});
