import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The body unpacked, as it comes. Leaving it leaves the packed one; what breaks the packed one breaks it. */
export function gunzipped(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  // Whoever reads hears of errors; nobody else needs to.
  pipeline(Readable.from(body, { objectMode: false }), gunzip, () => {});
  return gunzip as AsyncIterable<Buffer>;
}
