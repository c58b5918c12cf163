import type { Random } from "./random.ts";
import type { Subject } from "./subjects.ts";

/** Stands for the `continue` of the last page that was seen of the same list; without one, the request is for a first page. */
export const NEXT_PAGE = "<next page>";

/** Stands for the version of the list from before the first request. */
export const START_VERSION = "<start version>";

/** What a list asks for. */
export function listQuery(random: Random, subject: Subject): string {
  return random.pick([
    "",
    "?limit=1",
    "?limit=1",
    "?limit=2",
    "?limit=1&labelSelector=l",
    "?labelSelector=l%3D1",
    "?labelSelector=!l",
    "?fieldSelector=metadata.name%3Done",
    "?labelSelector=l+in+(0)",
    "?labelSelector=l+notin+(0),l",
    "?fieldSelector=metadata.name!%3Done,metadata.name!%3Dthree",
    "?resourceVersion=0",
    "?resourceVersionMatch=NotOlderThan&resourceVersion=0",
    "?resourceVersionMatch=Exact&resourceVersion=0",
    "?resourceVersionMatch=Exact",
    "?resourceVersionMatch=Other&resourceVersion=1",
    "?limit=1&resourceVersion=0",
    `?limit=1&resourceVersion=${START_VERSION}`,
    `?resourceVersionMatch=Exact&resourceVersion=${START_VERSION}`,
    `?resourceVersionMatch=NotOlderThan&resourceVersion=${START_VERSION}`,
    "?limit=x",
    "?limit=-1",
    "?continue=nonsense",
    "?labelSelector=a+b",
    "?fieldSelector=spec.nonsense%3D1",
    "?sendInitialEvents=true",
    ...(subject.selectors ?? []),
  ]);
}

/** The next page of the last list of which there was one, often of another size or for other objects than the first. */
export function nextPageQuery(random: Random): string {
  const more = random.pick([
    "limit=1&",
    "limit=1&",
    "limit=1&",
    "limit=2&",
    "",
    "limit=1&labelSelector=l&",
    "resourceVersion=0&",
    "resourceVersion=1&",
  ]);
  return `?${more}continue=${NEXT_PAGE}`;
}

/** Which objects of a collection go. */
export function deletionQuery(random: Random, subject: Subject): string {
  return random.pick([
    "?labelSelector=l%3D1",
    "?fieldSelector=metadata.name%3Dtwo",
    "?dryRun=All",
    "?propagationPolicy=Orphan&labelSelector=l%3D0",
    "?limit=1",
    "?limit=1&labelSelector=!l",
    "?limit=1&dryRun=All",
    "?labelSelector=a+b",
    "?fieldSelector=spec.nonsense%3D1",
    `?resourceVersion=${START_VERSION}`,
    "?gracePeriodSeconds=0&labelSelector=l",
    ...(subject.selectors ?? []),
  ]);
}
