/** How often each operation of each host was asked for: `{ "ssm.eu-central-1.amazonaws.com": { "GetParameter": 3 } }`. */
export type RequestCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Counts what passed through the gateway, by host and operation. It is how a test proves how many store calls a refresh
 * costs, and that a second run costs none. A request counts when it arrives, whatever it is answered.
 */
export class RequestCounter {
  private readonly counts = new Map<string, Map<string, number>>();

  /** Counts one request. */
  count(host: string, operation: string): void {
    const operations = this.counts.get(host) ?? new Map<string, number>();
    operations.set(operation, (operations.get(operation) ?? 0) + 1);
    this.counts.set(host, operations);
  }

  /** Everything so far, sorted by name. */
  snapshot(): RequestCounts {
    const hosts = [...this.counts].map(([host, operations]) => [
      host,
      Object.fromEntries([...operations].sort(byName)),
    ]);
    return Object.fromEntries((hosts as [string, Record<string, number>][]).sort(byName));
  }

  /** Starts from zero. */
  reset(): void {
    this.counts.clear();
  }
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1;
}
