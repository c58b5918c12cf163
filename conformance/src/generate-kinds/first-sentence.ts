const MAX_CHARACTERS = 160;

/**
 * The first sentence of a Go doc comment, at most 160 characters: enough for an editor's hover text and for
 * `kubectl explain`, at half the size of the full texts.
 */
export function firstSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const sentence = /^.+?[^.][.](?= [A-Z`"]|$)/.exec(line.replace(/ More info: \S+$/, ""))?.[0] ?? line;
  if (sentence.length <= MAX_CHARACTERS) return sentence;
  return `${sentence.slice(0, sentence.lastIndexOf(" ", MAX_CHARACTERS))}...`;
}
