import { describe, expect, it } from "vitest";
import { KubernetesClient } from "../kubernetes-client.ts";
import { rejection } from "../testing/bodies.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { linesOf } from "./pod-logs.ts";

async function linesFrom(pieces: readonly Uint8Array[], longest?: number): Promise<string[]> {
  const lines: string[] = [];
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  for await (const line of linesOf(body(), longest)) lines.push(line);
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

  it("gives a line that does not end in pieces, and holds no more than one", async () => {
    const pieces = Array.from({ length: 5 }, () => Buffer.from("abcde"));
    expect(await linesFrom(pieces, 10)).toEqual(["abcdeabcde", "abcdeabcde", "abcde"]);
  });
});

describe("podLogs", () => {
  it.each([
    ["tailLines", { tailLines: -1 }, "tailLines: -1 must be a whole number, 0 or more"],
    ["sinceSeconds", { sinceSeconds: 0.5 }, "sinceSeconds: 0.5 must be a whole number, 1 or more"],
    ["limitBytes", { limitBytes: 0 }, "limitBytes: 0 must be a whole number, 1 or more"],
  ])("refuses %s that no server takes, by name", async (_field, options, why) => {
    const client = new KubernetesClient({ transport: new FakeTransport(() => ({})) });
    const lines = client.logs({ name: "a", namespace: "x" }, options);
    expect(await rejection(lines.next())).toMatchObject({ code: "InvalidRequest", message: `logs of Pod x/a: ${why}` });
  });
});
