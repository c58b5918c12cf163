import { ApiError } from "@operatorkit/api";

/** The beginning of a body; what goes on beyond `maxBytes` is left. */
export async function readStart(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** All of a body, with `onProgress` told of each piece. One that grows beyond `maxBytes` is left, and refused. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  action: string,
  onProgress?: () => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    onProgress?.();
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new ApiError(`${action}: the answer is larger than ${maxBytes} bytes`, { code: "MalformedResponse" });
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
}
