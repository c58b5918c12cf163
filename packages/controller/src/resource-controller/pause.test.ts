import { describe, expect, it } from "vitest";
import { echo } from "../testing/harness.ts";
import { defaultPauseAnnotations, isPaused, pauseAnnotationsOf } from "./pause.ts";

const giantswarm = "operatorkit.giantswarm.io/paused";
const cluster = "cluster.x-k8s.io/paused";

describe("isPaused", () => {
  const pausing = pauseAnnotationsOf({ "example.com/hold": "yes" }, false);

  it.each<[Record<string, string> | undefined, boolean]>([
    [undefined, false],
    [{}, false],
    [{ [giantswarm]: "true" }, true],
    [{ [cluster]: "true" }, true],
    [{ "example.com/hold": "yes" }, true],
    [{ "example.com/other": "x", [cluster]: "true" }, true],
    [{ [giantswarm]: "" }, false],
    [{ [giantswarm]: "false" }, false],
    [{ [giantswarm]: "True" }, false],
    [{ "example.com/hold": "true" }, false],
    [{ "example.com/other": "" }, false],
    [{ "example.com/other": "true" }, false],
  ])("with the annotations %o says %s", (annotations, expected) => {
    expect(isPaused(echo("a", "x", annotations === undefined ? {} : { annotations }), pausing)).toBe(expected);
  });
});

describe("pauseAnnotationsOf", () => {
  it("adds the defaults, and leaves the given map as it is", () => {
    const given = Object.freeze({ "example.com/hold": "yes" });
    expect(pauseAnnotationsOf(given, false)).toEqual({ ...given, [giantswarm]: "true", [cluster]: "true" });
    expect(defaultPauseAnnotations).toEqual({ [giantswarm]: "true", [cluster]: "true" });
  });

  it("lets the defaults be changed by replacing them, and not by the way", () => {
    expect(() => pauseAnnotationsOf({ [giantswarm]: "yes" }, false)).toThrow(
      `pauseAnnotations: ${giantswarm}: pauses with the value "true"`,
    );
    expect(pauseAnnotationsOf({ [giantswarm]: "true" }, false)).toEqual(defaultPauseAnnotations);
    expect(pauseAnnotationsOf({ [giantswarm]: "yes" }, true)).toEqual({ [giantswarm]: "yes" });
    expect(pauseAnnotationsOf({}, true)).toEqual({});
  });
});
