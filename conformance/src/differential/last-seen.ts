import type { JsonBody } from "../raw-http.ts";
import { NEXT_PAGE, START_VERSION } from "./random-list.ts";
import { FIRST_VERSION, LAST_UID, LAST_VERSION, type RandomRequest } from "./random-request.ts";

const NO_UID = "11111111-2222-3333-4444-555555555555";

/** What a server's answers have shown of its objects and lists, to fill the next requests in with. */
export class LastSeen {
  readonly #objects = new Map<string, JsonBody>();
  readonly #firstVersions = new Map<string, string>();
  readonly #nextPages = new Map<string, string>();
  readonly #starts = new Map<string, string>();

  /** Keeps the version of a list from before the first request, and returns it. */
  begin(collection: string, resourceVersion: string): string {
    this.#starts.set(collection, resourceVersion);
    return resourceVersion;
  }

  /** The request's path with the next page's token in it; the first page where there is none. */
  pathOf({ path }: RandomRequest): string {
    const [collection = ""] = path.split("?");
    if (!path.includes(NEXT_PAGE)) return path.replace(START_VERSION, this.#starts.get(collection) ?? "1");
    const token = this.#nextPages.get(collection);
    return token === undefined ? `${collection}?limit=1` : path.replace(NEXT_PAGE, token);
  }

  /** The request's body as it is sent. */
  bodyOf({ body, basedOn = "" }: RandomRequest): string | undefined {
    const last = this.#objects.get(basedOn);
    if (body === undefined) return undefined;
    return JSON.stringify(body)
      .replaceAll(LAST_VERSION, last?.metadata?.resourceVersion ?? "1")
      .replaceAll(FIRST_VERSION, this.#firstVersions.get(basedOn) ?? "1")
      .replaceAll(LAST_UID, last?.metadata?.uid ?? NO_UID);
  }

  /** Keeps the newest state that an answer shows of an object, and the token of a list's next page. */
  remember(path: string, text: string): void {
    if (!text.startsWith("{") || path.includes("dryRun")) return;
    const object: JsonBody = JSON.parse(text);
    const [place = ""] = path.split("?");
    if (object.metadata?.continue) this.#nextPages.set(place, encodeURIComponent(object.metadata.continue));
    const name = object.metadata?.name as string | undefined;
    if (name === undefined || ["Status", "Table", "PartialObjectMetadata"].includes(object.kind)) return;
    const collection = place.replace(/\/(status|scale)$/, "").replace(new RegExp(`/${name}$`), "");
    const key = `${collection}/${name}`;
    this.#objects.set(key, object);
    if (!this.#firstVersions.has(key)) this.#firstVersions.set(key, object.metadata.resourceVersion);
  }
}
