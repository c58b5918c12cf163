import { expect, it } from "vitest";
import { podSettings } from "./pod-settings.ts";

it.each([
  [{}, "worker", undefined],
  [{ PO_NAMESPACE: "", PO_PENDING_LIMIT_SECONDS: "" }, "worker", undefined],
  [{ PO_NAMESPACE: "team-1", PO_PENDING_LIMIT_SECONDS: "300" }, "team-1", 300_000],
])("takes %j", (env, namespace, deletePendingAfterMs) => {
  expect(podSettings(env)).toEqual({ namespace, deletePendingAfterMs });
});

it.each([
  [{ PO_NAMESPACE: "Bad Name" }, /^PO_NAMESPACE=Bad Name is no namespace's name/],
  [{ PO_NAMESPACE: "a".repeat(64) }, /^PO_NAMESPACE=a+ is no/],
  [{ PO_PENDING_LIMIT_SECONDS: "abc" }, /^PO_PENDING_LIMIT_SECONDS=abc is no time: give a number/],
  [{ PO_PENDING_LIMIT_SECONDS: "0" }, /^PO_PENDING_LIMIT_SECONDS=0 is no time/],
])("refuses %j by the variable's name", (env, message) => {
  expect(() => podSettings(env)).toThrow(message);
});
