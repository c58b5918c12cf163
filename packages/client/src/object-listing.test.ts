import { ApiError, type ListPage } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { ObjectListing, type PageRequest } from "./object-listing.ts";

const expired = (): ApiError => new ApiError("list: the continue token is too old", { code: "Expired", status: 410 });

/** Six numbers in pages of two; `failAt` is the page, from 1, at which the server has forgotten. */
function listing({ failAt = 0, error = expired() }: { failAt?: number; error?: Error } = {}): {
  listing: ObjectListing<number>;
  asked: PageRequest[];
} {
  const asked: PageRequest[] = [];
  const numbers = [1, 2, 3, 4, 5, 6];
  const fetch = async (request: PageRequest): Promise<ListPage<number>> => {
    asked.push(request);
    if (asked.length === failAt) throw error;
    const start = Number(request.continue ?? 0);
    const end = request.limit === undefined ? numbers.length : start + request.limit;
    return { items: numbers.slice(start, end), resourceVersion: "9", ...(end < numbers.length ? { continue: String(end) } : {}) };
  };
  return { listing: new ObjectListing({ options: { limit: 2, resourceVersion: "0" }, fetch }), asked };
}

describe("ObjectListing", () => {
  it("asks page by page, and for the version on the first page only", async () => {
    const { listing: list, asked } = listing();
    expect(asked).toEqual([]);
    expect(await list.toArray()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(asked.map(({ continue: next, resourceVersion, limit }) => [next, resourceVersion, limit])).toEqual([
      [undefined, "0", 2],
      ["2", undefined, 2],
      ["4", undefined, 2],
    ]);
  });

  it("can be iterated by item and by page, and stops asking when left", async () => {
    const { listing: list, asked } = listing();
    const seen: number[] = [];
    for await (const item of list) {
      seen.push(item);
      if (item === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(2);
    const sizes: number[] = [];
    for await (const page of list.pages()) sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 2]);
  });

  it("starts again with one full list when the server forgot half-way, for toArray", async () => {
    const { listing: list, asked } = listing({ failAt: 2 });
    expect(await list.toArray()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(asked[2]).toMatchObject({ limit: undefined, continue: undefined, resourceVersion: "0" });
  });

  it("rejects with Expired when iterated, because items would come twice", async () => {
    const { listing: list } = listing({ failAt: 2 });
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const item of list) seen.push(item);
      })(),
    ).rejects.toMatchObject({ code: "Expired" });
    expect(seen).toEqual([1, 2]);
  });

  it("passes on an Expired of the first page, and other errors of any", async () => {
    await expect(listing({ failAt: 1 }).listing.toArray()).rejects.toMatchObject({ code: "Expired" });
    await expect(listing({ failAt: 2, error: new Error("broken") }).listing.toArray()).rejects.toThrow("broken");
  });
});
