let texts: Record<string, string> = {};

/** Takes the words the server wrote on an island: a script holds no text of its own. */
export function takeTexts(island: HTMLElement): void {
  texts = JSON.parse(island.getAttribute("texts") || "{}") as Record<string, string>;
}

/** A text with its places filled in: «Вставлено: {0}». A text that is missing shows its key. */
export function text(key: string, ...values: (string | number)[]): string {
  return fill(texts[key] ?? key, values);
}

/** A text with a number in its first place, in the form the number asks: «{0} отметка|{0} отметки|{0} отметок». */
export function count(key: string, number: number): string {
  const forms = (texts[key] ?? key).split("|");
  return fill(forms[formOf(number)] ?? forms[0]!, [number]);
}

const fill = (template: string, values: (string | number)[]) => template.replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)]));

function formOf(number: number): 0 | 1 | 2 {
  const tens = number % 100, units = number % 10;
  if (tens > 10 && tens < 20) return 2;
  return units === 1 ? 0 : units > 1 && units < 5 ? 1 : 2;
}
