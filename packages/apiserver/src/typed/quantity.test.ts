import { expect, it } from "vitest";
import { canonicalQuantity } from "./quantity.ts";

// Each was asked of kube-apiserver 1.36.
it.each([
  ["0.5", "500m"],
  [".5", "500m"],
  [" 1 ", "1"],
  ["1E", "1E"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["1024Mi", "1Gi"],
  ["1.5Gi", "1536Mi"],
  ["0.5Ki", "512"],
  ["1023Ki", "1023Ki"],
  ["1024", "1024"],
  ["1000", "1k"],
  ["1.5", "1500m"],
  ["0.0", "0"],
  ["0Mi", "0"],
  ["100000k", "100M"],
  ["2048Ki", "2Mi"],
  ["123456789012345678901", "123456789012345678901"],
  ["1e3", "1e3"],
  ["1E3", "1E3"],
  ["1e4", "10e3"],
  ["1.5e3", "1500"],
  ["1e2", "100"],
  ["1e-3", "1e-3"],
  ["+5", "+5"],
  ["-5", "-5"],
  ["0.001Gi", "1073741824m"],
  ["12345.678k", "12345.678k"],
  ["10Ei", "9223372036854775807"],
  ["00012", "00012"],
])("%j is written as %j", (given, written) => {
  expect(canonicalQuantity(given)).toBe(written);
  // What is written stays as it is.
  expect(canonicalQuantity(written)).toBe(written);
});

it.each([
  ["", "quantities must match the regular expression"],
  ["abc", "quantities must match the regular expression"],
  ["true", "quantities must match the regular expression"],
  ["1..2", "quantities must match the regular expression"],
  ["1,0", "quantities must match the regular expression"],
  ["1kk", "unable to parse quantity's suffix"],
  ["1i", "unable to parse quantity's suffix"],
])("%j is no quantity", (given, why) => {
  expect(() => canonicalQuantity(given)).toThrow(why);
});
