import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import { NAME, AGE, text, wide, at, or, spec, status, objects, countOf, joined, firstThree } from "./column-builders.ts";
import { labelsText, selectorText } from "./selector-text.ts";

function externalIps(service: JsonObject): string {
  const addresses = listAt(spec(service), "externalIPs").map(String);
  switch (spec(service)["type"]) {
    case "ExternalName":
      return stringAt(spec(service), "externalName");
    case "LoadBalancer": {
      const balancers = objects(objectAt(status(service), "loadBalancer"), "ingress").map(
        (one) => stringAt(one, "ip") || stringAt(one, "hostname"),
      );
      const all = [...balancers.filter((one) => one !== ""), ...addresses];
      return joined(all, "<pending>");
    }
    default:
      return joined(addresses, "<none>");
  }
}

function servicePorts(service: JsonObject): string {
  const ports = objects(spec(service), "ports").map((port) => {
    const nodePort = typeof port["nodePort"] === "number" && port["nodePort"] > 0 ? `:${port["nodePort"]}` : "";
    return `${String(port["port"])}${nodePort}/${stringAt(port, "protocol")}`;
  });
  return joined(ports, "<none>");
}

function endpointsText(endpoints: JsonObject): string {
  const found = objects(endpoints, "subsets").flatMap((subset) => {
    const ports = objects(subset, "ports");
    const addresses = objects(subset, "addresses").map((address) => stringAt(address, "ip"));
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${String(port["port"])}`));
  });
  return firstThree(found, "<none>");
}

function slicePorts(slice: JsonObject): string {
  const ports = objects(slice, "ports").map((port) => (port["port"] === undefined ? "*" : String(port["port"])));
  return firstThree(ports, "<unset>");
}

function sliceEndpoints(slice: JsonObject): string {
  return firstThree(
    objects(slice, "endpoints").flatMap((endpoint) => listAt(endpoint, "addresses").map(String)),
    "<unset>",
  );
}

function ingressHosts(ingress: JsonObject): string {
  return firstThree(
    objects(spec(ingress), "rules")
      .map((rule) => stringAt(rule, "host"))
      .filter((host) => host !== ""),
    "*",
  );
}

function ingressAddress(ingress: JsonObject): string {
  return objects(objectAt(status(ingress), "loadBalancer"), "ingress")
    .map((one) => stringAt(one, "ip") || stringAt(one, "hostname"))
    .join(",");
}

/** How pods are reached. */
export const NETWORK_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  services: [
    NAME,
    text("Type", "type determines how the Service is exposed.", at("spec", "type")),
    text("Cluster-IP", "clusterIP is the IP address of the service.", or("<none>", at("spec", "clusterIP"))),
    text("External-IP", "IP addresses outside the cluster that lead to the service.", externalIps),
    text("Port(s)", "The list of ports that are exposed by this service.", servicePorts),
    AGE,
    wide(
      text("Selector", "Route service traffic to pods with label keys and values matching this selector.", (service) =>
        labelsText(spec(service)["selector"]),
      ),
    ),
  ],
  endpoints: [NAME, text("Endpoints", "The set of all endpoints is the union of all subsets.", endpointsText), AGE],
  "endpointslices.discovery.k8s.io": [
    NAME,
    text("AddressType", "addressType specifies the type of address carried by this EndpointSlice.", at("addressType")),
    text("Ports", "ports specifies the list of network ports exposed by each endpoint in this slice.", slicePorts),
    text("Endpoints", "endpoints is a list of unique endpoints in this slice.", sliceEndpoints),
    AGE,
  ],
  "ingresses.networking.k8s.io": [
    NAME,
    text("Class", "The name of the IngressClass resource that implements the ingress.", or("<none>", at("spec", "ingressClassName"))),
    text("Hosts", "Hosts that incoming requests are matched against before the ingress rule", ingressHosts),
    text("Address", "Address is a list containing ingress points for the load-balancer", ingressAddress),
    text("Ports", "Ports of TLS configurations that open", (ingress) => (countOf(spec(ingress)["tls"]) > 0 ? "80, 443" : "80")),
    AGE,
  ],
  "ingressclasses.networking.k8s.io": [
    NAME,
    text("Controller", "Controller that is responsible for handling this class", at("spec", "controller")),
    text("Parameters", "A reference to a resource with additional parameters", (object) => {
      const parameters = objectAt(spec(object), "parameters");
      if (stringAt(parameters, "kind") === "") return "<none>";
      const group = stringAt(parameters, "apiGroup");
      return `${stringAt(parameters, "kind")}${group === "" ? "" : `.${group}`}/${stringAt(parameters, "name")}`;
    }),
    AGE,
  ],
  "networkpolicies.networking.k8s.io": [
    NAME,
    text("Pod-Selector", "The pods this policy applies to.", (object) => selectorText(spec(object)["podSelector"])),
    AGE,
  ],
};
