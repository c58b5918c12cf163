const LONGEST = 120;

/** The beginning of an unexpected text, on one line, short enough for an error message. */
export function excerptOf(text: string): string {
  if (text.trim() === "") return "an empty body";
  const line = text
    .slice(0, LONGEST * 4)
    .replace(/\s+/g, " ")
    .trim();
  return JSON.stringify(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
}
