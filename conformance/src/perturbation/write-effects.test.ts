import { describe, expect, it } from "vitest";
import { WriteEffects } from "./write-effects.ts";

interface Step {
  readonly number: number;
  readonly method?: string;
  readonly status?: number;
  /** The object's version in the answer. */
  readonly answered?: string;
  /** The server's version when it begins, and when it has ended. */
  readonly versions: readonly [string, string];
}

function play(effects: WriteEffects, { number, method = "PATCH", status = 200, answered, versions: [before, after] }: Step): void {
  const write = { number, method, path: "/api/v1/namespaces/n/configmaps/a" };
  effects.begin(write, before);
  effects.end(write, { status, text: JSON.stringify({ metadata: { resourceVersion: answered } }) }, after);
}

function effectsOf(...steps: readonly Step[]): readonly (readonly number[])[] {
  const effects = new WriteEffects();
  for (const step of steps) play(effects, step);
  return [effects.effective, effects.afterOthers];
}

describe("a write", () => {
  it.each<[string, Step, readonly number[]]>([
    ["is effective when it is answered with a new version", { number: 1, answered: "11", versions: ["10", "11"] }, [1]],
    ["is not when the answer is as old as the server was", { number: 1, answered: "7", versions: ["10", "10"] }, []],
    ["is not when only others wrote meanwhile", { number: 1, answered: "7", versions: ["10", "12"] }, []],
    ["is not when it was refused", { number: 1, status: 409, versions: ["10", "10"] }, []],
    [
      "is when it deletes, which is answered with the version that was",
      { number: 1, method: "DELETE", answered: "7", versions: ["10", "11"] },
      [1],
    ],
  ])("%s", (_, step, expected) => {
    expect(effectsOf(step)[0]).toEqual(expected);
  });
});

describe("a crash before a write finds something else than one after the write before", () => {
  const first: Step = { number: 1, answered: "11", versions: ["10", "11"] };

  it.each<[string, readonly Step[], readonly number[]]>([
    ["never when nothing changed in between", [{ number: 2, answered: "12", versions: ["11", "12"] }], [1]],
    [
      "never when only what changes nothing was in between",
      [
        { number: 2, answered: "9", versions: ["11", "11"] },
        { number: 3, answered: "12", versions: ["11", "12"] },
      ],
      [1],
    ],
    ["when others wrote in between", [{ number: 2, answered: "13", versions: ["12", "13"] }], [1, 2]],
  ])("%s", (_, later, expected) => {
    expect(effectsOf(first, ...later)[1]).toEqual(expected);
  });

  it("when it began while that one was under way", () => {
    const effects = new WriteEffects();
    const [one, two] = [1, 2].map((number) => ({ number, method: "PATCH", path: "/" }));
    if (one === undefined || two === undefined) throw new Error("two writes");
    effects.begin(one, "10");
    effects.begin(two, "11");
    effects.end(one, { status: 200, text: '{"metadata":{"resourceVersion":"11"}}' }, "11");
    effects.end(two, { status: 200, text: '{"metadata":{"resourceVersion":"12"}}' }, "12");
    expect([effects.effective, effects.afterOthers]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
