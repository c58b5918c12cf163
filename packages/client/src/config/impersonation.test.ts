import { describe, expect, it } from "vitest";
import { checkedImpersonation, impersonationHeaders } from "./impersonation.ts";

describe("impersonation", () => {
  it("is one header for the user and the uid, and one for each group and each extra value", () => {
    const extra = { "Example.com/Scopes": ["view", "a,b"], empty: [], "50%": ["x"] };
    expect(impersonationHeaders({ user: "jane", uid: "7", groups: ["dev", "a,b"], extra })).toEqual({
      headers: { "impersonate-user": "jane", "impersonate-uid": "7" },
      repeatedHeaders: {
        "impersonate-group": ["dev", "a,b"],
        "impersonate-extra-example.com%2Fscopes": ["view", "a,b"],
        "impersonate-extra-50%25": ["x"],
      },
    });
    expect(impersonationHeaders({ user: "jane" })).toEqual({ headers: { "impersonate-user": "jane" }, repeatedHeaders: {} });
  });

  it.each([
    [{ user: "" }, "a user is missing"],
    [{ user: "", groups: ["g"] }, "a user is missing"],
    [{ user: "jane", groups: ["a\nb"] }, "cannot be in a header"],
    [{ user: "jane", groups: [""] }, "a group is empty"],
  ])("refuses %j", (impersonation, why) => {
    expect(() => checkedImpersonation(impersonation, "connect")).toThrow(why);
  });
});
