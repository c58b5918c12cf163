import { describe, expect, it } from "vitest";
import { DescribedError, describedIn } from "./described-error.ts";

describe("describedIn", () => {
  const described = new DescribedError("m", { kind: "K", description: "d", docs: "https://example.com", cause: "c" });

  it("finds the error itself, or among its causes", () => {
    expect(described).toMatchObject({ code: "Described", kind: "K", description: "d", docs: "https://example.com", cause: "c" });
    expect(describedIn(described)).toBe(described);
    expect(describedIn(new Error("outer", { cause: new Error("inner", { cause: described }) }))).toBe(described);
  });

  it("finds nothing in what has none, also when causes are a ring", () => {
    const ring = new Error("ring");
    ring.cause = ring;
    for (const error of [undefined, "text", new Error("plain"), ring]) expect(describedIn(error)).toBeUndefined();
  });
});
