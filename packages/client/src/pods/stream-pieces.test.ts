import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { StreamPieces } from "./stream-pieces.ts";

const listenersOf = (stream: Readable): number =>
  ["data", "readable", "end", "error", "close"].reduce((sum, event) => sum + stream.listenerCount(event), 0);

describe("StreamPieces", () => {
  it("gives each piece when it is asked for, and then the end", async () => {
    const stream = Readable.from(["one", Buffer.from("two")]);
    const before = listenersOf(stream);
    const pieces = new StreamPieces(stream);
    expect(await pieces.next()).toEqual({ done: false, value: "one" });
    expect(await pieces.next()).toEqual({ done: false, value: Buffer.from("two") });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(listenersOf(stream)).toBe(before);
  });

  it("holds the stream back between pieces", async () => {
    const stream = new PassThrough();
    const pieces = new StreamPieces(stream);
    stream.write("one");
    stream.write("two");
    expect(await pieces.next()).toMatchObject({ value: Buffer.from("one") });
    expect(stream.isPaused()).toBe(true);
    expect(stream.readableLength).toBe(3);
    await pieces.return();
  });

  it("leaves the stream while a piece is awaited, for its next reader, without losing one", async () => {
    const stream = new PassThrough();
    const before = listenersOf(stream);
    const pieces = new StreamPieces(stream);
    const awaited = pieces.next();
    await pieces.return();
    expect(await awaited).toEqual({ done: true, value: undefined });
    expect([stream.isPaused(), stream.destroyed, listenersOf(stream)]).toEqual([true, false, before]);
    stream.end("for the next");
    expect(await text(stream)).toBe("for the next");
    expect(await pieces.next()).toMatchObject({ done: true });
  });

  it.each<[string, (stream: PassThrough) => unknown, string]>([
    ["its error", (stream) => stream.destroy(new Error("broken pipe")), "broken pipe"],
    ["its end before its end", (stream) => stream.destroy(), "the stream was closed before its end"],
  ])("rejects with %s, awaited or not", async (_title, harm, message) => {
    const awaiting = new PassThrough();
    const awaited = rejection(new StreamPieces(awaiting).next());
    harm(awaiting);
    expect(await awaited).toMatchObject({ message });
    const before = new PassThrough().on("error", () => {});
    harm(before);
    expect(await rejection(new StreamPieces(before).next())).toMatchObject({ message });
  });
});
