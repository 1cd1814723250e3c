import { SandboxError } from "../../support/errors.ts";

/** What a fault does to a request. */
export const FAULT_KINDS = ["throttle", "stall", "refuse", "deny"] as const;

/**
 * - throttle: the cloud's own "too many requests";
 * - stall: no answer until the fault is over, then the real one;
 * - refuse: the connection is cut;
 * - deny: the cloud's own "forbidden".
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which requests fail, how, how often and for how long. `*` in a pattern stands for any text. */
export interface Fault {
  readonly kind: FaultKind;
  /** Pattern of the host name; every host when left out. */
  readonly host?: string;
  /** Pattern of the operation, as `GET /requests` names it; every operation when left out. */
  readonly operation?: string;
  /**
   * The share of requests that fail, 0 to 1; all when left out. Below 1, a request fails at most twice in a row, so that
   * whoever tries it a third time gets through.
   */
  readonly rate?: number;
  /** The fault ends by itself after this time: a test that was killed must not leave a broken platform behind. */
  readonly forMs: number;
}

/** A fault that hit a request. */
export interface Hit {
  readonly kind: FaultKind;
  readonly remainingMs: number;
  /** Aborted when the fault is ended before its time. */
  readonly ended: AbortSignal;
}

const LONGEST_MS = 10 * 60_000;
/** Clients of the clouds try a request three times at least. */
const MOST_IN_A_ROW = 2;

/** The faults that are in force. */
export class Faults {
  private active: { readonly fault: Fault; readonly until: number; readonly end: AbortController }[] = [];
  /** How often each request has failed since it got through. */
  private readonly inARow = new Map<string, number>();
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(options: { readonly now?: () => number; readonly random?: () => number } = {}) {
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
  }

  /** Adds a fault; one for the same host, operation and kind is replaced. Throws on what it cannot read. */
  add(input: unknown): Fault {
    const fault = parseFault(input);
    const key = keyOf(fault);
    const entries = this.inForce();
    for (const { end } of entries.filter((entry) => keyOf(entry.fault) === key)) end.abort();
    const others = entries.filter((entry) => keyOf(entry.fault) !== key);
    this.active = [...others, { fault, until: this.now() + fault.forMs, end: new AbortController() }];
    return fault;
  }

  /** Ends all faults: what is stalled goes on. */
  clear(): void {
    this.inARow.clear();
    for (const { end } of this.active) end.abort();
    this.active = [];
  }

  /** The faults that are not over yet. */
  list(): Fault[] {
    return this.inForce().map(({ fault }) => fault);
  }

  /**
   * The fault that this request meets, if any; the one added first wins.
   *
   * @param request what is the same when it is tried again: method and path. Default: its operation.
   */
  hit(host: string, operation: string, request = operation): Hit | undefined {
    const key = `${host} ${request}`;
    const before = this.inARow.get(key) ?? 0;
    const found = this.inForce().find(({ fault: { rate = 1, ...fault } }) => {
      const applies = matches(fault.host, host) && matches(fault.operation, operation);
      return applies && rate > this.random() && (rate === 1 || before < MOST_IN_A_ROW);
    });
    if (found === undefined) {
      this.inARow.delete(key);
      return undefined;
    }
    this.inARow.set(key, before + 1);
    return { kind: found.fault.kind, remainingMs: found.until - this.now(), ended: found.end.signal };
  }

  /** Whether a new connection to this host is cut: only when every one of its requests is. */
  refusesConnection(host: string): boolean {
    return this.inForce().some(
      ({ fault }) =>
        fault.kind === "refuse" && fault.operation === undefined && (fault.rate ?? 1) >= 1 && matches(fault.host, host),
    );
  }

  private inForce(): typeof this.active {
    const now = this.now();
    this.active = this.active.filter(({ until }) => until > now);
    return this.active;
  }
}

/** Reads a fault, from the body of an admin request for one. */
export function parseFault(input: unknown): Fault {
  if (typeof input !== "object" || input === null) throw wrong("The fault", "an object with kind and forMs");
  const { kind, host, operation, rate, forMs, ...rest } = input as Record<string, unknown>;
  const [unknownField] = Object.keys(rest);
  if (unknownField !== undefined) throw wrong(`The field ${unknownField}`, "kind, host, operation, rate and forMs");
  if (!FAULT_KINDS.some((known) => known === kind)) throw wrong("The fault's kind", FAULT_KINDS.join(", "));
  if (typeof forMs !== "number" || !(forMs > 0 && forMs <= LONGEST_MS)) {
    throw wrong("The fault's forMs", `more than 0 and at most ${LONGEST_MS}`);
  }
  if (rate !== undefined && (typeof rate !== "number" || !(rate >= 0 && rate <= 1))) {
    throw wrong("The fault's rate", "from 0 to 1");
  }
  for (const [name, pattern] of [["host", host] as const, ["operation", operation] as const]) {
    if (pattern !== undefined && typeof pattern !== "string")
      throw wrong(`The fault's ${name}`, "a text; * is any text");
  }
  return input as Fault;
}

function wrong(what: string, allowed: string): SandboxError {
  return new SandboxError({
    what: `${what} cannot be used.`,
    why: `It must be: ${allowed}.`,
    fix: `Send, for example: {"kind":"throttle","host":"*.vault.azure.net","rate":0.5,"forMs":5000}`,
  });
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

function keyOf({ kind, host, operation }: Fault): string {
  return JSON.stringify([kind, host, operation]);
}
