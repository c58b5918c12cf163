import type { ClientHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Http2Body } from "./http2-body.ts";

/** A stream that yields `text` and then goes without an end, as node's does when the server resets it. */
function resetAfter(text: string): ClientHttp2Stream {
  let isSent = false;
  const stream = new Readable({
    read() {
      if (isSent) stream.destroy();
      else stream.push(new TextEncoder().encode(text));
      isSent = true;
    },
  });
  return Object.assign(stream, { rstCode: 0 }) as unknown as ClientHttp2Stream;
}

async function read(text: string, expectedBytes: number | undefined): Promise<string> {
  const body = new Http2Body({
    stream: resetAfter(text),
    signal: undefined,
    cancel() {},
    expectedBytes,
    onBytes() {},
    problem: () => undefined,
  });
  let result = "";
  for await (const chunk of body) result += new TextDecoder().decode(chunk);
  return result;
}

describe("Http2Body", () => {
  it("believes an answer that is complete, though its stream was reset behind the last byte", async () => {
    expect(await read("{}", 2)).toBe("{}");
  });

  it("does not believe one that is shorter than announced, or whose length nobody announced", async () => {
    await expect(read("{", 2)).rejects.toThrow("broke off after 1 bytes");
    await expect(read("{}", undefined)).rejects.toThrow("broke off after 2 bytes");
  });
});
