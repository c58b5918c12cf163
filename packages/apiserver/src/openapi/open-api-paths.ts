import type { JsonObject } from "../json-object.ts";
import type { ResourceDescriptor, Subresource, Verb } from "../resource-descriptor.ts";
import { META, definitionNameOf, reference } from "./definition-names.ts";

/** The paths of one kind with their operations, as an OpenAPI v3 document has them. */
export function openApiPaths(descriptor: ResourceDescriptor): Readonly<Record<string, JsonObject>> {
  const { plural, namespaced, verbs, subresources, apiVersion, group } = descriptor;
  const root = `/${group === "" ? "api" : "apis"}/${apiVersion}`;
  const collection = `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}`;
  const one = `${collection}/{name}`;
  const paths: [string, JsonObject][] = [
    [collection, operations(descriptor, verbs, COLLECTION)],
    [one, { ...operations(descriptor, verbs, OBJECT), parameters: [NAME] }],
    ...subresources.map((subresource): [string, JsonObject] => [
      `${one}/${subresource.name}`,
      { ...operations(descriptor, subresource.verbs, [...OBJECT, CREATE], subresource), parameters: [NAME] },
    ]),
    ...(namespaced
      ? [[`${root}/${plural}`, operations(descriptor, verbs, [LIST], undefined, "ForAllNamespaces")] satisfies [string, JsonObject]]
      : []),
  ];
  return Object.fromEntries(
    paths
      .filter(([, path]) => METHODS.some((method) => method in path))
      .map(([path, item]) => [
        path,
        {
          ...item,
          parameters: [
            ...((item["parameters"] as readonly JsonObject[] | undefined) ?? []),
            ...(path.includes("{namespace}") ? [NAMESPACE] : []),
            PRETTY,
          ],
        },
      ]),
  );
}

const METHODS = ["get", "put", "post", "delete", "patch"];

interface Operation {
  readonly verb: Verb;
  readonly method: string;
  readonly action: string;
  /** The first word of its id: `readAppsV1NamespacedDeployment`. */
  readonly word: string;
  readonly parameters: readonly JsonObject[];
  readonly takes: "nothing" | "object" | "patch" | "options";
  readonly gives: "object" | "list" | "status";
  readonly codes: readonly string[];
}

function query(name: string, type: "string" | "boolean" | "integer", description: string): JsonObject {
  return { name, in: "query", description, schema: { type, uniqueItems: true } };
}

function inPath(name: string, description: string): JsonObject {
  return { name, in: "path", description, required: true, schema: { type: "string", uniqueItems: true } };
}

const NAME = inPath("name", "name of the object");
const NAMESPACE = inPath("namespace", "object name and auth scope, such as for teams and projects");
const PRETTY = query("pretty", "string", "If 'true', then the output is pretty printed.");
const WRITE = [
  query(
    "dryRun",
    "string",
    "When present, indicates that modifications should not be persisted. Valid values are: - All: all dry run stages will be processed",
  ),
  query("fieldManager", "string", "fieldManager is a name associated with the actor or entity that is making these changes."),
  query(
    "fieldValidation",
    "string",
    "fieldValidation instructs the server on how to handle objects in the request (POST/PUT/PATCH) containing unknown or duplicate fields: Ignore, Warn or Strict.",
  ),
];
const FORCE = query(
  "force",
  "boolean",
  'Force is going to "force" Apply requests. It means user will re-acquire conflicting fields owned by other people.',
);
const SELECT = [
  query("allowWatchBookmarks", "boolean", 'allowWatchBookmarks requests watch events with type "BOOKMARK".'),
  query("continue", "string", "The continue option should be set when retrieving more results from the server."),
  query("fieldSelector", "string", "A selector to restrict the list of returned objects by their fields."),
  query("labelSelector", "string", "A selector to restrict the list of returned objects by their labels."),
  query("limit", "integer", "limit is a maximum number of responses to return for a list call."),
  query("resourceVersion", "string", "resourceVersion sets a constraint on what resource versions a request may be served from."),
  query("resourceVersionMatch", "string", "resourceVersionMatch determines how resourceVersion is applied to list calls."),
  query(
    "sendInitialEvents",
    "boolean",
    "`sendInitialEvents=true` may be set together with `watch=true`: the watch begins with the present state.",
  ),
  query("timeoutSeconds", "integer", "Timeout for the list/watch call."),
  query(
    "watch",
    "boolean",
    "Watch for changes to the described resources and return them as a stream of add, update, and remove notifications.",
  ),
];
const DELETE_OPTIONS = [
  WRITE[0] ?? {},
  query("gracePeriodSeconds", "integer", "The duration in seconds before the object should be deleted."),
  query("propagationPolicy", "string", "Whether and how garbage collection will be performed: Orphan, Background or Foreground."),
];

const LOG = [
  query("container", "string", "The container for which to stream logs. Defaults to only container if there is one container in the pod."),
  query("follow", "boolean", "Follow the log stream of the pod. Defaults to false."),
  query("limitBytes", "integer", "The number of bytes to read from the server before ending the log output."),
  query("previous", "boolean", "Return the logs of the container's run before this one. Defaults to false."),
  query("sinceSeconds", "integer", "A relative time in seconds before the current time from which to show logs."),
  query("tailLines", "integer", "The number of lines from the end of the logs to show."),
  query("timestamps", "boolean", "Begin every line with the time it was written. Defaults to false."),
];
const TEXT = { "text/plain": { schema: { type: "string" } } };

const LIST: Operation = {
  verb: "list",
  method: "get",
  action: "list",
  word: "list",
  parameters: SELECT,
  takes: "nothing",
  gives: "list",
  codes: ["200"],
};
const CREATE: Operation = {
  verb: "create",
  method: "post",
  action: "post",
  word: "create",
  parameters: WRITE,
  takes: "object",
  gives: "object",
  codes: ["200", "201", "202"],
};
const COLLECTION: readonly Operation[] = [
  LIST,
  CREATE,
  {
    verb: "deletecollection",
    method: "delete",
    action: "deletecollection",
    word: "delete",
    parameters: [...SELECT, ...DELETE_OPTIONS],
    takes: "options",
    gives: "status",
    codes: ["200"],
  },
];
const OBJECT: readonly Operation[] = [
  { verb: "get", method: "get", action: "get", word: "read", parameters: [], takes: "nothing", gives: "object", codes: ["200"] },
  {
    verb: "update",
    method: "put",
    action: "put",
    word: "replace",
    parameters: WRITE,
    takes: "object",
    gives: "object",
    codes: ["200", "201"],
  },
  {
    verb: "delete",
    method: "delete",
    action: "delete",
    word: "delete",
    parameters: DELETE_OPTIONS,
    takes: "options",
    gives: "status",
    codes: ["200", "202"],
  },
  {
    verb: "patch",
    method: "patch",
    action: "patch",
    word: "patch",
    parameters: [...WRITE, FORCE],
    takes: "patch",
    gives: "object",
    codes: ["200", "201"],
  },
];

function operations(
  descriptor: ResourceDescriptor,
  verbs: readonly Verb[],
  possible: readonly Operation[],
  subresource?: Subresource,
  suffix = "",
): JsonObject {
  const found = possible.filter(({ verb }) => verbs.includes(verb));
  return Object.fromEntries(found.map((operation) => [operation.method, operationOf(descriptor, operation, subresource, suffix)]));
}

function operationOf(
  descriptor: ResourceDescriptor,
  operation: Operation,
  subresource: Subresource | undefined,
  suffix: string,
): JsonObject {
  const { group, version, kind } = descriptor;
  const body = subresource?.body ?? { group, version, kind };
  const isLog = subresource?.behaviour.type === "log";
  const objectName = definitionNameOf(body, descriptor.origin);
  const answers = {
    object: objectName,
    list: definitionNameOf({ group, version, kind: descriptor.listKind }, descriptor.origin),
    status: `${META}Status`,
  };
  return {
    tags: [tagOf(group, version)],
    description: `${operation.action} ${kind}${subresource === undefined ? "" : ` ${subresource.name}`}`,
    operationId: operationId(descriptor, operation, subresource, suffix),
    parameters: isLog ? LOG : operation.parameters,
    ...requestBody(operation, objectName, descriptor),
    responses: {
      ...Object.fromEntries(
        operation.codes.map((code) => [
          code,
          { description: DESCRIPTIONS[code], content: isLog ? TEXT : content(CONTENT_TYPES, answers[operation.gives]) },
        ]),
      ),
      "401": { description: "Unauthorized" },
    },
    "x-kubernetes-action": operation.action,
    "x-kubernetes-group-version-kind": descriptor.origin === "built-in" ? body : { group, version, kind },
  };
}

const DESCRIPTIONS: Readonly<Record<string, string>> = { "200": "OK", "201": "Created", "202": "Accepted" };
const CONTENT_TYPES = ["application/json", "application/yaml"];

function content(types: readonly string[], definitionName: string): JsonObject {
  return Object.fromEntries(types.map((type) => [type, { schema: reference(definitionName) }]));
}

function requestBody({ takes }: Operation, objectName: string, { origin }: ResourceDescriptor): JsonObject {
  const patches = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
  switch (takes) {
    case "nothing":
      return {};
    case "object":
      return { requestBody: { content: content(CONTENT_TYPES, objectName), required: true } };
    case "options":
      return { requestBody: { content: content(CONTENT_TYPES, `${META}DeleteOptions`) } };
    case "patch":
      // Custom resources have no strategic merge patch.
      return {
        requestBody: {
          content: content(origin === "built-in" ? [...patches, "application/strategic-merge-patch+json"] : patches, `${META}Patch`),
          required: true,
        },
      };
  }
}

/** `readAppsV1NamespacedDeploymentStatus`. */
function operationId(
  { group, version, kind, namespaced }: ResourceDescriptor,
  { word, action }: Operation,
  subresource: Subresource | undefined,
  suffix: string,
): string {
  const collection = action === "deletecollection" ? "Collection" : "";
  const scope = namespaced && suffix === "" ? "Namespaced" : "";
  return `${word}${groupWord(group)}${capital(version)}${collection}${scope}${kind}${capital(subresource?.name ?? "")}${suffix}`;
}

function tagOf(group: string, version: string): string {
  const word = groupWord(group);
  return `${word.slice(0, 1).toLowerCase()}${word.slice(1)}_${version}`;
}

function groupWord(group: string): string {
  if (group === "") return "Core";
  return group
    .replace(/\.k8s\.io$/, "")
    .split(/[.-]/)
    .map(capital)
    .join("");
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
