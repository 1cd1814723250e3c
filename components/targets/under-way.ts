import { patience } from "./patience.ts";

export interface UnderWayOptions {
  /** Secrets whose rotation this run begins or goes on with. */
  readonly rotated: Iterable<string>;
  /** Whether a secret can't get to its end without another. */
  readonly needs: (id: string, other: string) => boolean;
  /** Resolves when the next step of others is waited for no longer. Default: after {@link patienceSeconds}. */
  readonly late?: () => Promise<unknown>;
}

/** How long a failure waits for the next step of others. */
const patienceSeconds = 60;

/**
 * The secrets whose targets are told in this run, or were in an earlier one, and whose Secrets are still to follow, by
 * `<app>/<secret>`. The engine begins nothing more once one step fails. So a target that fails says so only when the others have
 * come to their end: else these targets would have passwords that no Secret has.
 */
export class UnderWay {
  readonly #secrets: Set<string>;
  readonly #options: UnderWayOptions;
  #next = Promise.withResolvers<void>();
  #isOver = false;

  constructor(options: UnderWayOptions) {
    this.#options = options;
    this.#secrets = new Set(options.rotated);
  }

  /** A target of the secret is told from now on; `false` where a failure has ended the run already, and it must not be. */
  begins(id: string): boolean {
    if (this.#isOver) return false;
    this.#secrets.add(id);
    return true;
  }

  /** The secret is at its end once all of these have resolved, or one has failed. */
  endsWith(id: string, steps: readonly Promise<unknown>[]): void {
    const ended = () => {
      this.#ended(id);
    };
    for (const step of steps) step.then(() => this.#advance(), ended);
    Promise.all(steps).then(ended, ended);
  }

  /** A target of the secret has failed. Resolves when nobody else is under way, or gets any further. */
  async failed(id: string): Promise<void> {
    const { needs, late = () => patience(patienceSeconds) } = this.#options;
    this.#ended(id);
    while ([...this.#secrets].some((other) => !needs(other, id))) {
      const isLate = await Promise.race([this.#next.promise.then(() => false), late().then(() => true)]);
      if (isLate) break;
    }
    this.#isOver = true;
  }

  #ended(id: string): void {
    this.#secrets.delete(id);
    this.#advance();
  }

  #advance(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
