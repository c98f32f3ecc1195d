/** The right form for a number: plural(3, "отметка", "отметки", "отметок") is «отметки». */
export function plural(count: number, one: string, few: string, many: string): string {
  const tens = count % 100, units = count % 10;
  if (tens > 10 && tens < 20) return many;
  return units === 1 ? one : units > 1 && units < 5 ? few : many;
}

export const marksWord = (count: number) => `${count} ${plural(count, "отметка", "отметки", "отметок")}`;

const time = new Intl.DateTimeFormat("ru", { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ru", { weekday: "short", day: "numeric", month: "long" });

/** «сегодня, 10:42», «вчера, 9:15», «чт, 19 ноября, 9:15». */
export function when(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  const date = days === 0 ? "сегодня" : days === 1 ? "вчера" : day.format(at);
  return `${date}, ${time.format(at)}`;
}

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
