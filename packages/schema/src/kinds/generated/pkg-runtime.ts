// Generated from kube-apiserver v1.36.3 by `pnpm --filter @operatorkit/conformance run generate-kinds`. Do not edit.
export const definitions: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.runtime.RawExtension":
    '{"description":"RawExtension is used to hold extensions in external versions.","type":"object"}',
};
