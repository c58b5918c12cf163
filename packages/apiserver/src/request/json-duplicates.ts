/**
 * Finds keys that a JSON text gives twice in one object, which `JSON.parse` would silently merge. Paths read `spec.size` or
 * `spec.items[0].name`. The text must be valid JSON (parse it first). Stops after `max` findings.
 */
export function duplicateKeys(text: string, max = 100): readonly string[] {
  if (text.length > MAX_SCAN) return [];
  const found: string[] = [];
  const frames: Frame[] = [];
  let index = 0;
  let expectKey = false;
  while (index < text.length && found.length < max) {
    const char = text.charCodeAt(index);
    const frame = frames[frames.length - 1];
    if (char === QUOTE) {
      const end = stringEnd(text, index);
      if (expectKey && frame?.keys !== undefined) {
        const key = JSON.parse(text.slice(index, end)) as string;
        if (frame.keys.has(key)) found.push(pathOf(frames, key));
        frame.keys.add(key);
        frame.key = key;
        expectKey = false;
      }
      index = end;
      continue;
    }
    if (char === OPEN_OBJECT) {
      frames.push({ keys: new Set(), key: "", index: 0 });
      expectKey = true;
    } else if (char === OPEN_ARRAY) {
      frames.push({ keys: undefined, key: "", index: 0 });
      expectKey = false;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      frames.pop();
      expectKey = false;
    } else if (char === COMMA && frame !== undefined) {
      frame.index += 1;
      expectKey = frame.keys !== undefined;
    }
    index += 1;
  }
  return found;
}

interface Frame {
  /** `undefined` in an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const MAX_SCAN = 4 * 1024 * 1024;

function stringEnd(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const char = text.charCodeAt(index);
    if (char === BACKSLASH) index += 2;
    else if (char === QUOTE) return index + 1;
    else index += 1;
  }
  return index;
}

function pathOf(frames: readonly Frame[], key: string): string {
  let path = "";
  for (const [depth, frame] of frames.entries()) {
    const last = depth === frames.length - 1;
    if (frame.keys === undefined) path += `[${frame.index}]`;
    else path += `${path === "" ? "" : "."}${last ? key : frame.key}`;
  }
  return path;
}
