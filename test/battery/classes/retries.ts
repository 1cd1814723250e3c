import { accepted, at, canary, refused, type Case, type CaseClass } from "../case.ts";

const retries =
  (store: string, retrySettings: unknown): Case["change"] =>
  ({ facts }) =>
    void Object.assign(at(facts, "stores", store), { retrySettings });

/** How the operator repeats requests that fail. */
export const retrySettings: CaseClass = {
  title: "retry settings",
  cases: [
    ...refused({
      "repetitions of a Key Vault": retries("azure", { maxRetries: 4 }),
      "repetitions of Google Cloud": retries("google", { maxRetries: 4, intervalSeconds: 10 }),
      "an interval alone": retries("vault", { intervalSeconds: 10 }),
      "no settings at all": retries("vault", {}),
      "fewer than none": retries("vault", { maxRetries: -1 }),
      "a half": retries("parameters", { maxRetries: 1.5 }),
      "without end": retries("parameters", { maxRetries: 1_000_000 }),
      "an interval of nothing": retries("vault", { maxRetries: 4, intervalSeconds: 0 }),
      "an interval with a unit": retries("vault", { maxRetries: 4, intervalSeconds: "10s" }),
      "the operator's own name of the interval": retries("vault", { maxRetries: 4, retryInterval: "10s" }),
      "a number alone": retries("vault", 4),
      "a value": retries("vault", canary),
    }),
    ...accepted({
      "repetitions of a Vault": retries("vault", { maxRetries: 4, intervalSeconds: 10 }),
      "repetitions of parameters": retries("parameters", { maxRetries: 20 }),
      none: retries("secrets", { maxRetries: 0 }),
    }),
  ],
};
