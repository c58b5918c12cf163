import { describe, expect, it } from "vitest";
import { parseAppOptions, UsageError } from "./app-options.ts";

describe("an app's command line", () => {
  it("asks for an embedded cluster when it says nothing, also with the -- that pnpm passes on", () => {
    const nothing = {
      kubeconfig: undefined,
      context: undefined,
      installCrds: false,
      applySamples: false,
      port: 0,
      verbose: false,
      help: false,
    };
    expect(parseAppOptions([])).toEqual(nothing);
    expect(parseAppOptions(["--", "--verbose"])).toEqual({ ...nothing, verbose: true });
  });

  it("takes the kubeconfig of the command line, then that of the app's environment variable", () => {
    const given = { env: { PO_KUBECONFIG: "of-environment", HOME: "/" }, kubeconfigVariable: "PO_KUBECONFIG" };
    expect(parseAppOptions(["--kubeconfig", "of-line"], given).kubeconfig).toBe("of-line");
    expect(parseAppOptions([], given).kubeconfig).toBe("of-environment");
    expect(parseAppOptions([], { ...given, env: { PO_KUBECONFIG: "" } }).kubeconfig).toBeUndefined();
    expect(parseAppOptions([], { env: given.env }).kubeconfig).toBeUndefined();
  });

  it.each([
    [["--install-crds"], "--install-crds is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--apply-samples"], "--apply-samples is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--context", "a"], "--context is about a cluster of yours: add --kubeconfig FILE, or leave it out"],
    [["--kubeconfig="], "--kubeconfig is empty: give the path of a kubeconfig file"],
    [["--kubeconfig", "f", "--port", "1"], "--port is the embedded server's, which --kubeconfig does without: leave one of them out"],
    [["--port", "70000"], "--port 70000 is no port: give a number from 0 (any free one) to 65535"],
    [["--nonsense"], "Unknown option '--nonsense': see --help"],
  ])("refuses %j, and says why", (args, message) => {
    expect(() => parseAppOptions(args)).toThrow(new UsageError(message));
  });
});
