/** An event, with the times that it may have as the API writes them: which of them depends on how it was reported. */
export interface EventLike {
  readonly type?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
  readonly metadata?: { readonly creationTimestamp?: string };
}

/** Warnings, the newest first; of those of the same second, the last one in the list is the newest. Pure. */
export function newestWarnings<E extends EventLike>(events: readonly E[]): readonly E[] {
  return events
    .filter(({ type }) => type === "Warning")
    .sort((one, other) => lastSeen(one) - lastSeen(other))
    .reverse();
}

function lastSeen({ series, lastTimestamp, eventTime, metadata }: EventLike): number {
  const times = [series?.lastObservedTime, lastTimestamp, eventTime, metadata?.creationTimestamp];
  return Math.max(...times.map((time) => (time === undefined || time === null ? 0 : Date.parse(time))));
}
