/** An event, with the times that it may have: which of them depends on how it was reported. */
export interface EventLike {
  readonly type?: string;
  readonly message?: string;
  readonly lastTimestamp?: Date;
  readonly eventTime?: Date;
  readonly series?: { readonly lastObservedTime?: Date };
  readonly metadata?: { readonly creationTimestamp?: Date };
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
  return Math.max(...times.map((time) => time?.getTime() ?? 0));
}
