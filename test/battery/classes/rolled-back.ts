import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { onlyVault } from "../catalogue-changes.ts";

const rolledBack = (value: unknown, rotation?: string) => (input: Input) => {
  input.facts["rollBack"] = { "shop/db": value };
  if (rotation !== undefined) input.facts["rotations"] = { "shop/db": rotation };
};

/** Rotations that are given up: by what is no time, of secrets that have none, and of one that goes on. */
export const rolledBackRotations: CaseClass = {
  title: "rotations that are rolled back",
  cases: [
    ...refused({
      "by a date that is none": rolledBack("2026-02-30"),
      "by a text": rolledBack(canary),
      "by true": rolledBack(true),
      "in the year 1999": rolledBack("1999-02-01"),
      "though rotations names the same": rolledBack("2026-02-01", "2026-02-01"),
      "of a secret that there is not": (input) => {
        input.facts["rollBack"] = { "shop/dp": "2026-02-01" };
      },
      "of a secret that a cluster generates": (input) => {
        rolledBack("2026-02-01")(input);
        onlyVault(input);
        at(input.facts, "clusters", "main", "externalSecrets")["pushSecrets"] = true;
        input.facts["generatedInCluster"] = { "shop/db": "main" };
      },
    }),
    ...accepted({
      "of the first one": rolledBack("2026-02-01"),
      "of a second one": rolledBack("2026-02-01T08:00:00Z", "2026-02-01"),
      "before another one": rolledBack("2026-02-01", "2026-02-02"),
    }),
  ],
};
