import { optionError } from "@operatorkit/observe/options";
import type { JsonObject } from "../json-object.ts";

/** Something that came or went with a release of Kubernetes. */
export type ReleaseFeature =
  | "thirdPartyResources"
  | "crdV1beta1"
  /** `spec.validation` of a CRD. */
  | "crdValidation"
  /** `spec.versions`, `subresources`, `additionalPrinterColumns`, and `status.storedVersions`. */
  | "crdVersions"
  | "crdConversion"
  /** `preserveUnknownFields`, schemas and columns of each version, the condition NonStructuralSchema. */
  | "crdPruning"
  | "crdV1"
  /** Server-side apply, and with it `managedFields`. */
  | "apply"
  | "openApiV3"
  | "discoveryV2beta1"
  | "discoveryV2"
  /** `/version` tells what is emulated. */
  | "emulationInVersion"
  /** Ways to impersonate that say for what (KEP-5284). */
  | "constrainedImpersonation";

/** From which minor release of Kubernetes 1 to which. */
const RELEASES: Readonly<Record<ReleaseFeature, readonly [from: number, to: number]>> = {
  thirdPartyResources: [0, 7],
  crdV1beta1: [7, 21],
  crdValidation: [9, Infinity],
  crdVersions: [11, Infinity],
  crdConversion: [13, Infinity],
  crdPruning: [15, Infinity],
  crdV1: [16, Infinity],
  apply: [16, Infinity],
  openApiV3: [24, Infinity],
  discoveryV2beta1: [27, Infinity],
  discoveryV2: [30, Infinity],
  emulationInVersion: [33, Infinity],
  constrainedImpersonation: [36, Infinity],
};

/** The release whose behaviour this server follows. */
const NEWEST = 36;
const OLDEST = 5;

/** Which release of Kubernetes a server behaves as. */
export interface ServerRelease {
  /** 15 of 1.15. */
  readonly minor: number;
  /** What `/version` answers. */
  readonly version: JsonObject;
  has(feature: ReleaseFeature): boolean;
}

/**
 * Reads `1.15`, `v1.15.3`, `v1.8.4-gke.1`; left out it is the newest.
 * @throws {TypeError} naming the option, for what is no version and for releases this server does not know
 */
export function serverRelease(emulateVersion?: string): ServerRelease {
  if (emulateVersion === undefined) return release(NEWEST, `v1.${NEWEST}.3+operatorkit`);
  const match = /^v?1\.(\d{1,3})(?:\.(\d{1,4})([-+][0-9A-Za-z][0-9A-Za-z.+-]*)?)?$/.exec(emulateVersion);
  const refused = (why: string): TypeError =>
    optionError("ApiServer", "emulateVersion", `${JSON.stringify(emulateVersion)} must be ${why}`);
  if (match === null) throw refused('a version of Kubernetes such as "1.15" or "v1.15.3"');
  const [, minor = "", patch = "0", suffix = "+operatorkit"] = match;
  if (Number(minor) < OLDEST || Number(minor) > NEWEST) throw refused(`from 1.${OLDEST} to 1.${NEWEST}`);
  return release(Number(minor), `v1.${minor}.${patch}${suffix}`);
}

function release(minor: number, gitVersion: string): ServerRelease {
  const has = (feature: ReleaseFeature): boolean => {
    const [from, to] = RELEASES[feature];
    return minor >= from && minor <= to;
  };
  const emulation = {
    emulationMajor: "1",
    emulationMinor: String(minor),
    minCompatibilityMajor: "1",
    minCompatibilityMinor: String(minor - 1),
  };
  const version = {
    major: "1",
    minor: String(minor),
    ...(has("emulationInVersion") && emulation),
    gitVersion,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "",
  };
  return { minor, version, has };
}
