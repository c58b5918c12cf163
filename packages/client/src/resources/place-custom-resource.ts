import { isNotFound, type Client } from "@operatorkit/api";
import { sameJson, type Json, type ObjectMeta } from "@operatorkit/object";
import { compareApiVersions, parseApiVersion } from "./api-version.ts";
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";

/** What became of a CRD: `newer` is there in a newer version than the manifest's, and was left alone. */
export type EnsuredCustomResource = "created" | "updated" | "unchanged" | "newer";

export interface PlaceOptions {
  readonly client: Pick<Client, "apply" | "get">;
  readonly fieldManager: string;
  /** Apply without comparing versions. */
  readonly allowDowngrade?: boolean | undefined;
  /** Reject with `NotFound` instead of making one. */
  readonly onlyUpdate?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts a CRD where it belongs: applied when there is none, or one that is not newer. An older release must never take a newer
 * one's CRD back: it would stop serving, and storing, what the newer one has written. Rejects with a Conflict when somebody
 * else wrote the CRD in between; look again then.
 *
 * The manifest is not changed, and what it says of another cluster's copy (version, uid, status) is not sent. Two releases that
 * both find no CRD at the same moment are told apart by the server only: it refuses to drop a version that it has stored.
 */
export async function placeCustomResource(manifest: CustomResourceDefinition, options: PlaceOptions): Promise<EnsuredCustomResource> {
  const { client, fieldManager, allowDowngrade = false, onlyUpdate = false, signal } = options;
  const { name } = manifest.metadata;
  const request = signal === undefined ? {} : { signal };
  const current = await client.get(CustomResourceDefinitionKind, { name }, request).catch((error: unknown) => {
    if (isNotFound(error) && !onlyUpdate) return undefined;
    throw error;
  });
  if (current !== undefined && !allowDowngrade && isNewerThere(manifest, current)) return "newer";
  const wanted = withoutServerFields(manifest);
  const resourceVersion = current?.metadata.resourceVersion;
  // With the version that was compared: a newer release may be installing its own at this moment.
  const metadata = { ...wanted.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const applied = await client.apply<CustomResourceDefinition>({ ...wanted, metadata }, { fieldManager, force: true, ...request });
  if (current === undefined) return "created";
  return sameCrd(current, applied) ? "unchanged" : "updated";
}

/** Not by the resource version: an apply may change who owns the fields, and nothing else. */
function sameCrd({ metadata: one }: CustomResourceDefinition, { metadata: other }: CustomResourceDefinition): boolean {
  const plain = ({ generation, labels = {}, annotations = {} }: ObjectMeta): Json => ({ generation: generation ?? 0, labels, annotations });
  return sameJson(plain(one), plain(other));
}

/** A version or status of another cluster's copy would be refused, or fought over. */
function withoutServerFields({ apiVersion, kind, metadata, spec }: CustomResourceDefinition): CustomResourceDefinition {
  const { name, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) },
    spec,
  };
}

function isNewerThere(manifest: CustomResourceDefinition, current: CustomResourceDefinition): boolean {
  const ours = new Set(manifest.spec.versions.map(({ name }) => name));
  // With all that are there, whatever their names, it is no older.
  if (current.spec.versions.every(({ name }) => ours.has(name))) return false;
  const wanted = newestOf(manifest, "the manifest");
  const there = newestOf(current, "the CRD that is there");
  if (there === undefined) return false;
  return wanted === undefined || compareApiVersions(wanted, there) < 0;
}

function newestOf({ metadata, spec }: CustomResourceDefinition, where: string): string | undefined {
  const names = spec.versions.map(({ name }) => name);
  const odd = names.find((name) => parseApiVersion(name) === undefined);
  if (odd !== undefined) {
    throw new CustomResourceError(
      `update CustomResourceDefinition ${metadata.name}: ${where} has a version ${JSON.stringify(odd)}, which has no age to compare; ` +
        "give allowDowngrade to bring it to the manifest's versions whichever is newer",
      { code: "InvalidVersion", crd: metadata.name },
    );
  }
  return names.toSorted(compareApiVersions).at(-1);
}
