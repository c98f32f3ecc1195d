const time = new Intl.DateTimeFormat("ru", { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ru", { weekday: "short", day: "numeric", month: "long" });
const near = new Intl.RelativeTimeFormat("ru", { numeric: "auto" });

/** «сегодня, 10:42», «вчера, 9:15», «чт, 19 ноября, 9:15». */
export function when(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  const date = days === 0 || days === 1 ? near.format(-days, "day") : day.format(at);
  return `${date}, ${time.format(at)}`;
}

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
