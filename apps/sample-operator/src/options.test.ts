import { describe, expect, it } from "vitest";
import { parseOptions, UsageError } from "./options.ts";

describe("parseOptions", () => {
  it("asks for the embedded cluster when nothing is said", () => {
    expect(parseOptions([])).toEqual({
      untilReady: false,
      kubeconfig: undefined,
      context: undefined,
      installCrds: false,
      applySamples: false,
      attachControllers: false,
      port: 0,
      verbose: false,
      help: false,
    });
  });

  it("takes every flag for a cluster of one's own", () => {
    expect(
      parseOptions([
        "--kubeconfig",
        "k",
        "--context",
        "c",
        "--install-crds",
        "--apply-samples",
        "--attach-controllers",
        "--until-ready",
        "--verbose",
      ]),
    ).toMatchObject({
      untilReady: true,
      kubeconfig: "k",
      context: "c",
      installCrds: true,
      applySamples: true,
      attachControllers: true,
      verbose: true,
    });
  });

  it.each([
    [["--nonsense"], /--nonsense.*--help/],
    [["extra"], /extra/],
    [["--kubeconfig"], /--kubeconfig/],
    [["--kubeconfig", ""], /--kubeconfig is empty/],
    [["--context", "c"], /--context.*--kubeconfig FILE/],
    [["--install-crds"], /--install-crds.*--kubeconfig FILE/],
    [["--port", "x"], /--port x/],
    [["--port", "70000"], /--port 70000/],
    [["--port", "1", "--kubeconfig", "k"], /--port.*--kubeconfig/],
  ])("refuses %j and says why", (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
