import { expect, it } from "vitest";
import { negotiate } from "./accept.ts";

it.each([
  [undefined, { encoding: "json" }],
  ["", { encoding: "json" }],
  ["*/*", { encoding: "json" }],
  ["application/yaml", { encoding: "yaml" }],
  ["application/vnd.kubernetes.protobuf,application/json", { encoding: "json" }],
  ["application/vnd.kubernetes.protobuf, */*", { encoding: "json" }],
  ["application/json;as=Table;v=v1;g=meta.k8s.io,application/json", { encoding: "json", as: "Table" }],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", { encoding: "json", as: "Table", version: "v1beta1" }],
  ["application/json;as=Nothing;v=v1;g=meta.k8s.io, application/json", { encoding: "json" }],
  ["application/json; charset=utf-8", { encoding: "json" }],
])("Accept %j is answered as %j", (accept, expected) => {
  expect(negotiate(accept)).toEqual({ version: "v1", ...expected });
});

it.each(["application/*", "text/html", "application/json;as=Nothing;v=v1;g=meta.k8s.io"])("Accept %j cannot be met", (accept) => {
  expect(() => negotiate(accept)).toThrow(/^406: Not Acceptable/);
});
