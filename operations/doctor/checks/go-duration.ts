/** Seconds of a duration as Go writes it: `1h0m0s`. `undefined` for anything else. */
export function secondsOf(duration: string): number | undefined {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(duration);
  if (found === null || duration === "") return duration === "0" ? 0 : undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
