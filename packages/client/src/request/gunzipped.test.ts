import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { rejection, textOf } from "../testing/bodies.ts";
import { gunzipped } from "./gunzipped.ts";

const packed = gzipSync("hällo ".repeat(50_000));

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("gunzipped", () => {
  it("unpacks, however the bytes are split", async () => {
    for (const size of [1, 7, packed.length]) expect(await textOf(gunzipped(pieces(packed, size)))).toBe("hällo ".repeat(50_000));
  });

  it("fails on bytes that are not packed, that end too soon, or that break off", async () => {
    expect(await rejection(textOf(gunzipped(pieces(Buffer.from("plain"), 5))))).toMatchObject({ code: "Z_DATA_ERROR" });
    expect(await rejection(textOf(gunzipped(pieces(packed.subarray(0, -9), 100))))).toMatchObject({ code: "Z_BUF_ERROR" });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 50);
      throw new Error("cut");
    }
    expect(await rejection(textOf(gunzipped(broken())))).toMatchObject({ message: "cut" });
  });

  it("lets go of the packed body when left", async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield packed;
      } finally {
        isClosed = true;
      }
    }
    for await (const _bytes of gunzipped(endless())) break;
    await expect.poll(() => isClosed).toBe(true);
  });
});
