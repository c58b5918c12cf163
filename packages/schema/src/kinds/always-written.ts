/**
 * Fields of built-in types that are optional and still always in JSON, as null while they are empty: lists, and a reference, whose Go
 * fields have no `omitempty`, which OpenAPI does not tell. By definition name.
 *
 * Source: k8s.io/api `rbac/v1`, `discovery/v1`, `autoscaling/v2`, `core/v1`, `authentication/v1` (`types.go`).
 */
export const alwaysWritten: Readonly<Record<string, readonly string[]>> = {
  "io.k8s.api.rbac.v1.Role": ["rules"],
  "io.k8s.api.rbac.v1.ClusterRole": ["rules"],
  "io.k8s.api.discovery.v1.EndpointSlice": ["endpoints", "ports"],
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus": ["currentMetrics"],
  "io.k8s.api.core.v1.ProjectedVolumeSource": ["sources"],
  "io.k8s.api.authentication.v1.TokenRequestSpec": ["audiences", "boundObjectRef"],
};
