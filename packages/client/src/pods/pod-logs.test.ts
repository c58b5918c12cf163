import { describe, expect, it } from "vitest";
import { linesOf } from "./pod-logs.ts";

async function linesFrom(pieces: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  for await (const line of linesOf(body())) lines.push(line);
  return lines;
}

describe("linesOf", () => {
  it("finds the same lines wherever the bytes are split", async () => {
    const bytes = Buffer.from("ü one\n\ntwo\r\nlast");
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(await linesFrom([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(["ü one", "", "two", "last"]);
    }
  });

  it("has none where there is nothing", async () => {
    expect(await linesFrom([])).toEqual([]);
    expect(await linesFrom([Buffer.from("a\n")])).toEqual(["a"]);
  });
});
