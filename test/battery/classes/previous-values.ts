import { hexToken, literal, password, previousOf, provided, template } from "../../../components/values/recipe.ts";
import { accepted, at, canary, refused, type CaseClass } from "../case.ts";
import { dbKeys, each, onlyVault } from "../catalogue-changes.ts";

const loosely = previousOf as unknown as (...args: readonly unknown[]) => unknown;
const twoWeeks = { days: 14 };
const keys = { token: hexToken(32), before: previousOf("token", twoWeeks) };
const retired = (value: unknown, rotation?: string) => (input: Parameters<ReturnType<typeof dbKeys>>[0]) => {
  dbKeys(keys)(input);
  input.facts["retirePrevious"] = { "shop/db": value };
  if (rotation !== undefined) input.facts["rotations"] = { "shop/db": rotation };
};

/** Previous values: of what has none, for times that are none, and their retirement. */
export const previousValues: CaseClass = {
  title: "previous values",
  cases: [
    ...refused({
      ...each(
        {
          "of nothing": undefined,
          "of a value": canary,
          "of an unknown key": "tokne",
          "of a fixed value": "user",
          "of a provided value": "brought",
          "of a template": "url",
          "of itself": "before",
          "of another previous value": "other",
          "of a name that every object has": "constructor",
        },
        (of) =>
          dbKeys({
            token: hexToken(32),
            user: literal("shop"),
            brought: provided("shopToken"),
            url: template("pg://${token}"),
            other: previousOf("token", twoWeeks),
            before: loosely(of, twoWeeks),
          }),
      ),
      ...each(
        {
          "without days": {},
          "without options": undefined,
          "for no day": { days: 0 },
          "for less than none": { days: -1 },
          "for half a day": { days: 0.5 },
          "for ever": { days: Infinity },
          "for no number of days": { days: NaN },
          "for more days than ten years have": { days: 3651 },
          "for days that are a text": { days: "14" },
          "with the days alone": 14,
          "with an option that does not exist": { days: 14, hours: 5 },
          "for as long as there is between rotations": { days: 90 },
        },
        (options) => dbKeys({ token: hexToken(32), before: loosely("token", options) }),
      ),
      "retired before any rotation": retired("2026-02-01"),
      "retired by a rotation to come": retired("2026-02-02", "2026-02-01"),
      "retired by a date that is none": retired("2026-02-30", "2026-02-01"),
      "retired by a text": retired(canary, "2026-02-01"),
      "retired by true": retired(true, "2026-02-01"),
      "retired in the year 1999": retired("1999-02-01", "2026-02-01"),
      "retired of a secret that has none": (input) => {
        input.facts["retirePrevious"] = { "shop/db": "2026-02-01" };
        input.facts["rotations"] = { "shop/db": "2026-02-01" };
      },
      "retired of a secret that there is not": (input) => {
        input.facts["retirePrevious"] = { "shop/dp": "2026-02-01" };
      },
      "generated in a cluster": (input) => {
        dbKeys(keys)(input);
        onlyVault(input);
        at(input.facts, "clusters", "main", "externalSecrets")["pushSecrets"] = true;
        input.facts["generatedInCluster"] = { "shop/db": "main" };
      },
    }),
    ...accepted({
      "for one day": dbKeys({ token: hexToken(32), before: previousOf("token", { days: 1 }) }),
      "for a day less than there is between rotations": dbKeys({
        token: password(),
        before: previousOf("token", { days: 89 }),
      }),
      "two of one key": dbKeys({ ...keys, again: previousOf("token", { days: 7 }) }),
      "in a template with the current one": dbKeys({ ...keys, all: template("${token},${before|sha256}") }),
      "retired by the last rotation": retired("2026-02-01", "2026-02-01"),
      "retired by a rotation before the last": retired("2026-02-01", "2026-03-01"),
    }),
  ],
};
