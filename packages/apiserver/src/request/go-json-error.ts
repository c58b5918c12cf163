/**
 * What Go's `encoding/json` says about a text that is not JSON, so that clients see the words they know. The text is looked at only
 * as far as the first character that does not belong; what Go would say deep inside a value is told in its general form.
 */
export function goJsonError(text: string): string {
  const trimmed = text.trimStart();
  if (trimmed === "") return "unexpected end of JSON input";
  const start = trimmed[0] as string;
  if (!STARTS.test(start)) return `invalid character ${quote(start)} looking for beginning of value`;
  const position = positionOf(text);
  if (position === undefined || position >= text.length) return "unexpected end of JSON input";
  return `invalid character ${quote(text[position] as string)} looking for beginning of value`;
}

const STARTS = /[[{"\-0-9tfn]/;

/** Where V8 stopped reading. */
function positionOf(text: string): number | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    const match = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
    return match === null ? undefined : Number(match[1]);
  }
  return undefined;
}

function quote(character: string): string {
  if (character === "'") return "'\\''";
  return /\p{Cc}/u.test(character) ? `'\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}'` : `'${character}'`;
}
