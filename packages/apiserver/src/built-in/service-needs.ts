import { type JsonObject, listAt } from "../json-object.ts";

/** What the type of a Service asks for. Source: k8s.io/kubernetes `pkg/registry/core/service/strategy.go`, `pkg/api/service/util.go`. */
export function hasNodePorts(spec: JsonObject): boolean {
  return spec["type"] === "NodePort" || spec["type"] === "LoadBalancer";
}

/** A load balancer may do without new ones; those it has stay. */
export function needsNodePorts(spec: JsonObject): boolean {
  return spec["type"] === "NodePort" || (spec["type"] === "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] !== false);
}

/** A port on which nodes tell a load balancer whether they have an endpoint. */
export function needsHealthCheckPort(spec: JsonObject): boolean {
  return spec["type"] === "LoadBalancer" && spec["externalTrafficPolicy"] === "Local";
}

/** From outside the cluster. */
export function isExternallyAccessible(spec: JsonObject): boolean {
  const { type } = spec;
  return type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && listAt(spec, "externalIPs").length > 0);
}
