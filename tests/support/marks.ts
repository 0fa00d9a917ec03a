/**
 * Returns the marks in `text`: numbers between two `m` or `w`, by which tests recognize messages.
 */
export function marksIn(text: string): string[] {
  return text.match(/[mw]\d+[mw]/g) ?? [];
}

/** Returns the line of a message without the quotation of the message that it answers. */
export function withoutQuote(line: string): string {
  return line.replace(/\[re <\S+> .*?(?:…|\])/, "");
}
