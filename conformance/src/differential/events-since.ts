import { assertCode } from "../api-case.ts";
import type { JsonBody, RawHttp } from "../raw-http.ts";
import { WatchStream } from "../watch-stream.ts";
import type { Subject } from "./subjects.ts";

/** The events of one watch. */
export interface WatchedEvents {
  readonly path: string;
  readonly events: readonly JsonBody[];
}

const LAST = "last";
/** Chooses and leaves out by the label that random requests give, change and take; a field that is not the ending's own. */
const SELECTORS = ["", "&labelSelector=l%3D1", "&labelSelector=l!%3D0", "&fieldSelector=metadata.name!%3Dtwo"] as const;

/**
 * Everything that happened to a kind's objects since a version, up to an object that is made to end it: as a watch of all tells it,
 * and watches that select, which objects leave and enter.
 */
export async function eventsSince(http: RawHttp, subject: Subject, resourceVersion: string): Promise<readonly WatchedEvents[]> {
  const metadata = { name: LAST, labels: { l: "1" } };
  const body = { apiVersion: subject.apiVersion, kind: subject.kind, metadata, ...subject.ending };
  // Another version's last object is this one's too.
  const made = await http.request("POST", subject.path, { body });
  if (made.status !== 409) assertCode(made, 201);
  const selectors = [...SELECTORS, ...(subject.watched === undefined ? [] : [`&fieldSelector=${subject.watched}`])];
  return Promise.all(
    selectors.map(async (selector): Promise<WatchedEvents> => {
      const path = `${subject.path}?watch=true${selector}`;
      using watch = new WatchStream(await http.open("GET", `${path}&resourceVersion=${resourceVersion}`, {}));
      const events = await watch.until((event) => event.object.metadata?.name === LAST || event.type === "ERROR");
      return { path, events: events.slice(0, -1) };
    }),
  );
}
