/** Hours, minutes and seconds may have one digit, a fraction as many as it likes (Go's `time.Parse`). */
const date = /^(\d{4})-(\d{1,2})-(\d{1,2})/;
const clock = /(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?/;
const forms = [
  new RegExp(`${date.source}[Tt]${clock.source}(Z|[-+]\\d{2}:\\d{2})$`),
  new RegExp(`${date.source} ${clock.source}$`),
  new RegExp(`${date.source}$`),
];

/**
 * What the engine makes of a time without quotation marks: Go's text of it, `2026-12-01 10:00:00 +0000 UTC`. Nothing where
 * it takes the text for no time. Forms: gopkg.in/yaml.v3 `resolve.go`, `allowedTimestampFormats`.
 */
export function goTime(text: string): string | undefined {
  for (const form of forms) {
    const found = form.exec(text);
    if (found === null) continue;
    const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] =
      found;
    const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
    if (!isDay(Number(year), Number(month), Number(day)) || hours > 23 || minutes > 59 || seconds > 59) continue;
    const offset = goOffset(zone);
    if (offset === undefined) continue;
    const [y, mo, d] = [year, month.padStart(2, "0"), day.padStart(2, "0")];
    const at = [hour, minute, second].map((each) => each.padStart(2, "0")).join(":");
    const rest = fraction.slice(0, 9).replace(/0+$/, "");
    return `${y}-${mo}-${d} ${at}${rest === "" ? "" : `.${rest}`} ${offset}`;
  }
  return undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year < 100 ? year + 400 : year, month, 0)).getUTCDate();
}

/** On a machine in the same zone, Go writes the zone's name in place of the second one. */
function goOffset(zone: string): string | undefined {
  if (/^(?:Z|[-+]00:00)$/.test(zone)) return "+0000 UTC";
  const [, sign = "", hours = "", minutes = ""] = /^([-+])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  if (Number(hours) > 24 || Number(minutes) > 59) return undefined;
  return `${sign}${hours}${minutes} ${sign}${hours}${minutes}`;
}
