import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { readBody, readStart } from "./read-body.ts";

/** A body of these pieces, and how many of them were taken. */
function bodyOf(...pieces: readonly string[]): { body: AsyncIterable<Uint8Array>; taken: () => number } {
  let count = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      count += 1;
      yield Buffer.from(piece);
    }
  }
  return { body: body(), taken: () => count };
}

describe("readBody", () => {
  it("takes what is as large as it may be, and refuses what is larger as soon as it is", async () => {
    expect(String(await readBody(bodyOf("ab", "cd").body, 4, "get x"))).toBe("abcd");
    const { body, taken } = bodyOf("ab", "cde", "f");
    expect(await rejection(readBody(body, 4, "get x"))).toMatchObject({
      code: "MalformedResponse",
      message: "get x: the answer is larger than 4 bytes",
    });
    expect(taken()).toBe(2);
  });
});

describe("readStart", () => {
  it("takes no more than it may, and leaves the rest", async () => {
    const { body, taken } = bodyOf("ab", "cde", "f");
    expect(String(await readStart(body, 4))).toBe("abcd");
    expect(taken()).toBe(2);
  });
});
