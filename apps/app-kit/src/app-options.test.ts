import { describe, expect, it } from "vitest";
import { parseAppOptions, UsageError } from "./app-options.ts";

const app = { command: "npm start --" };

describe("an app's command line", () => {
  it("asks for an embedded cluster when it says nothing, also with the -- that pnpm passes on", () => {
    const nothing = {
      kubeconfig: undefined,
      context: undefined,
      installCrds: false,
      applySamples: false,
      attachControllers: false,
      untilReady: false,
      port: 0,
      verbose: false,
      help: false,
    };
    expect(parseAppOptions([], app)).toEqual(nothing);
    expect(parseAppOptions(["--", "--verbose"], app)).toEqual({ ...nothing, verbose: true });
  });

  it("takes every flag for a cluster of one's own", () => {
    const flags = ["--install-crds", "--apply-samples", "--attach-controllers", "--until-ready", "--verbose"];
    expect(parseAppOptions(["--kubeconfig", "k", "--context", "c", ...flags], { ...app, story: async () => {} })).toEqual({
      kubeconfig: "k",
      context: "c",
      installCrds: true,
      applySamples: true,
      attachControllers: true,
      untilReady: true,
      port: 0,
      verbose: true,
      help: false,
    });
  });

  it("takes the kubeconfig of the command line, then that of the app's environment variable", () => {
    const env = { PO_KUBECONFIG: "of-environment", HOME: "/" };
    const withVariable = { ...app, kubeconfigVariable: "PO_KUBECONFIG" };
    expect(parseAppOptions(["--kubeconfig", "of-line"], withVariable, env).kubeconfig).toBe("of-line");
    expect(parseAppOptions([], withVariable, env).kubeconfig).toBe("of-environment");
    expect(parseAppOptions([], withVariable, { PO_KUBECONFIG: "" }).kubeconfig).toBeUndefined();
    expect(parseAppOptions([], app, env).kubeconfig).toBeUndefined();
  });

  it("tells its story in a cluster of one's own only where the samples were asked for: it makes and deletes them", () => {
    const teller = { ...app, story: async () => {} };
    const args = ["--kubeconfig", "f", "--until-ready"];
    expect(() => parseAppOptions(args, teller)).toThrow(
      new UsageError("--until-ready creates, changes and deletes the samples: for a cluster of yours, add --apply-samples to allow it"),
    );
    expect(parseAppOptions([...args, "--apply-samples"], teller).untilReady).toBe(true);
    expect(parseAppOptions(["--until-ready"], teller).untilReady).toBe(true);
  });

  it.each([
    [["--install-crds"], "--install-crds is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--apply-samples"], "--apply-samples is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--attach-controllers"], "--attach-controllers is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--context", "a"], "--context is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--kubeconfig="], "--kubeconfig is empty: give the path of a kubeconfig file"],
    [["--kubeconfig", "f", "--port", "1"], "--port is the embedded server's, which --kubeconfig does without: leave one of them out"],
    [["--port", "70000"], "--port 70000 is no port: give a number from 0 (any free one) to 65535"],
    [["--port", "x"], "--port x is no port: give a number from 0 (any free one) to 65535"],
    [["--kubeconfig"], "Option '--kubeconfig <value>' argument missing: see npm start -- --help"],
    [["--nonsense"], "Unknown option '--nonsense': see npm start -- --help"],
    [["--until-ready"], "Unknown option '--until-ready': see npm start -- --help"],
    [["extra"], "Unexpected argument 'extra': see npm start -- --help"],
  ])("refuses %j, and says why", (args, message) => {
    expect(() => parseAppOptions(args, app)).toThrow(new UsageError(message));
  });
});
