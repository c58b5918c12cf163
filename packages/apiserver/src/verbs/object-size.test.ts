import { expect, it } from "vitest";
import { checkSize, jsonBytes } from "./object-size.ts";

it.each([[{}], [{ a: 1, b: [true, null, "x"] }], [{ metadata: { name: "ü" }, list: [{ a: -1.5 }, {}] }]])(
  "the size of %j is that of its JSON, or a byte more for each list and map",
  (value) => {
    const text = JSON.stringify(value);
    expect(jsonBytes(value)).toBeGreaterThanOrEqual(Buffer.byteLength(text));
    expect(jsonBytes(value)).toBeLessThanOrEqual(Buffer.byteLength(text) + (text.match(/[[{]/g)?.length ?? 0));
  },
);

const specOf = (bytes: number): { spec: string } => ({ spec: "x".repeat(bytes) });

it("an object of a megabyte is stored", () => {
  expect(() => checkSize(specOf(1_000_000))).not.toThrow();
});

it.each([
  [1_600_000, "etcdserver: request is too large"],
  [2_500_000, /^rpc error: code = ResourceExhausted .* larger than max \(25\d{5} vs\. 2097152\)$/],
])("an object of %d bytes is refused", (bytes, message) => {
  expect(() => checkSize(specOf(bytes))).toThrow(message);
});
