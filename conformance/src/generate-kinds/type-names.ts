/** The TypeScript name of an OpenAPI definition, and the generated module that declares it. */
export interface TypeName {
  /** `Deployment`; unique among all modules. */
  readonly name: string;
  /** `apps-v1`; `undefined` for types written by hand in `object`. */
  readonly module: string;
}

/** Definitions that share their last word with another: which one keeps the plain name is a choice, made here. */
const RENAMED: Readonly<Record<string, string>> = {
  "io.k8s.api.events.v1.Event": "EventsV1Event",
  "io.k8s.api.events.v1.EventSeries": "EventsV1EventSeries",
  "io.k8s.api.discovery.v1.EndpointPort": "EndpointSlicePort",
  "io.k8s.api.core.v1.ResourceClaim": "ContainerResourceClaim",
  "io.k8s.api.storage.v1.TokenRequest": "CSITokenRequest",
  "io.k8s.api.flowcontrol.v1.Subject": "FlowSchemaSubject",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference": "ConversionServiceReference",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig": "ConversionWebhookClientConfig",
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference": "APIServiceReference",
  "io.k8s.api.autoscaling.v1.CrossVersionObjectReference": "CrossVersionObjectReferenceV1",
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler": "HorizontalPodAutoscalerV1",
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec": "HorizontalPodAutoscalerSpecV1",
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus": "HorizontalPodAutoscalerStatusV1",
};

/** Names every wanted definition; refuses when two would share a name, so that a new clash is decided and not guessed. */
export function typeNames(definitions: Iterable<string>): Map<string, TypeName> {
  const names = new Map<string, TypeName>();
  const taken = new Map<string, string>();
  for (const definition of definitions) {
    const parts = definition.split(".");
    const [group, version, last] = parts.slice(-3);
    if (group === undefined || version === undefined || last === undefined) throw new Error(`${definition}: not a definition name`);
    const name = RENAMED[definition] ?? last;
    const other = taken.get(name);
    if (other !== undefined) throw new Error(`${definition} and ${other} would both be ${name}: choose a name in RENAMED`);
    taken.set(name, definition);
    names.set(definition, { name, module: `${group}-${version}` });
  }
  return names;
}
