/** Whoever is at work on a stack, as the engine says when it refuses a second run. */
export interface Holder {
  /** `ci@runner-3 (process 478)`; absent where the backend does not tell. */
  readonly who?: string;
  /** RFC 3339; absent where the backend does not tell. */
  readonly since?: string;
}

/**
 * Reads the engine's refusal of a second run: a lock of a backend of one's own (pulumi `pkg/backend/diy/lock.go`), or the
 * service's conflict (409). `undefined` where it says something else. Pure.
 */
export function holderIn(message: string): Holder | undefined {
  if (/the stack is currently locked by \d+ lock/.test(message)) {
    const found = /: created by (\S+@\S+) \(pid (\d+)\) at (\d{4}-\d{2}-\d{2}T[\d:]+(?:Z|[+-][\d:]+))/.exec(message);
    const [, who, pid, since] = found ?? [];
    return who === undefined || since === undefined ? {} : { who: `${who} (process ${pid})`, since };
  }
  return /\[409\] Conflict|[Aa]nother update is currently in progress/.test(message) ? {} : undefined;
}

/** `ci@runner-3 (process 478), since 2026-12-01T10:00:00Z`. */
export function holderText({ who, since }: Holder): string {
  const words = [...(who === undefined ? [] : [who]), ...(since === undefined ? [] : [`since ${since}`])];
  return words.length === 0 ? "somebody, as its backend says" : words.join(", ");
}
