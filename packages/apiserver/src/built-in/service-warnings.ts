import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";

const HINTS = "service.kubernetes.io/topology-aware-hints";
const MODE = "service.kubernetes.io/topology-mode";

/**
 * What a Service has that does nothing, or will not for long.
 * Source: k8s.io/kubernetes `pkg/api/service/warnings.go` (GetWarningsForService), without what it says of how addresses are written.
 */
export function serviceWarnings(service: JsonObject): readonly string[] {
  const spec = objectAt(service, "spec");
  const isHeadless = spec["type"] === "ClusterIP" && spec["clusterIP"] === "None";
  const isName = spec["type"] === "ExternalName";
  const hasExternalIps = listAt(spec, "externalIPs").length > 0;
  const said: readonly (readonly [boolean, string])[] = [
    [HINTS in objectAt(objectAt(service, "metadata"), "annotations"), `annotation ${HINTS} is deprecated, please use ${MODE} instead`],
    [isHeadless && stringAt(spec, "loadBalancerIP") !== "", "spec.loadBalancerIP is ignored for headless services"],
    [isHeadless && hasExternalIps, "spec.externalIPs is ignored for headless services"],
    [isHeadless && spec["sessionAffinity"] !== "None", "spec.SessionAffinity is ignored for headless services"],
    [hasExternalIps && !isHeadless && !isName, "spec.externalIPs is deprecated and may no longer be implemented in some clusters"],
    [hasExternalIps && isName, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!isName && stringAt(spec, "externalName") !== "", 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [spec["trafficDistribution"] === "PreferClose", 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
  ];
  return said.flatMap(([applies, sentence]) => (applies ? [sentence] : []));
}
