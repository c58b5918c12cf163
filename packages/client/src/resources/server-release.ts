/** Which Kubernetes release a server is, as far as its `gitVersion` says. */
export interface ServerRelease {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Before the release itself: `beta.1` of `v1.7.0-beta.1`. What vendors add (`gke.1`, `+k3s1`) is no such thing. */
  readonly prerelease?: string;
}

/** Reads `v1.36.3`, `v1.8.4-gke.1`, `v1.28.3+k3s1`, `1.7`, `v1.21.0-rc.2+abc`; undefined for what begins with no version. */
export function parseServerRelease(gitVersion: string): ServerRelease | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-((?:alpha|beta|rc)[.\d]*))?/.exec(gitVersion.trim());
  if (match === null) return undefined;
  const [, major, minor, patch = "0", prerelease] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), ...(prerelease === undefined ? {} : { prerelease }) };
}

/** True for `1.7.0` and later; a pre-release of 1.7.0 is earlier. */
export function isAtLeast({ major, minor, patch, prerelease }: ServerRelease, wantedMajor: number, wantedMinor: number): boolean {
  if (major !== wantedMajor) return major > wantedMajor;
  if (minor !== wantedMinor) return minor > wantedMinor;
  return patch > 0 || prerelease === undefined;
}
