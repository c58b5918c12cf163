// Generated from kube-apiserver v1.36.3 by `pnpm --filter @operatorkit/conformance run generate-kinds`. Do not edit.
export const definitions: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
    '{"description":"IntOrString is a type that can hold an int32 or a string.","format":"int-or-string","oneOf":[{"type":"integer"},{"type":"string"}]}',
};
