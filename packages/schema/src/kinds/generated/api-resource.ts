// Generated from kube-apiserver v1.36.3 by `pnpm --filter @operatorkit/conformance run generate-kinds`. Do not edit.
export const definitions: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity":
    '{"description":"Quantity is a fixed-point representation of a number.","oneOf":[{"type":"string"},{"type":"number"}]}',
};
