import { genSalt, hash } from "bcryptjs";
import { equalNullish } from "../support/nullish.ts";
import type { CheckFailure, Created } from "../support/provider.ts";
import { type PropertyMap, secret } from "../support/values.ts";
import { alphabetOf, type CharacterRule, draw, minimumLength } from "./characters.ts";
import { atLeastOne, generated, KEEPERS, validKeepers } from "./generated.ts";

// golang.org/x/crypto/bcrypt.DefaultCost, which the official plugin uses.
const BCRYPT_COST = 10;
const MINIMUMS = ["minLower", "minUpper", "minNumeric", "minSpecial"] as const;
const CLASSES = ["lower", "upper", "special"] as const;
const FORCE_NEW = { forceNew: true };

/** `RandomPassword` (hashicorp/terraform-provider-random, internal/provider/resource_password.go). */
export const randomPassword = generated({
  fields: {
    keepers: KEEPERS,
    length: FORCE_NEW,
    ...Object.fromEntries([...CLASSES, ...MINIMUMS, "number", "numeric"].map((name) => [name, FORCE_NEW])),
    // From "" to nothing is no reason for a new password: RequiresReplaceUnlessEmptyStringToNull.
    overrideSpecial: { forceNew: true, same: equalNullish },
  },
  computed: ["result", "bcryptHash"],
  validate,
  settle,
  generate: (settled) => created(settled, draw(ruleOf(settled))),
  adopt: (id) => created(settle({ length: id.length }), id),
});

/** Fills in the defaults; `number` is the old name of `numeric`, and each follows the other. */
export function settle(inputs: PropertyMap): PropertyMap {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  return {
    ...Object.fromEntries(CLASSES.map((name) => [name, true])),
    ...Object.fromEntries(MINIMUMS.map((name) => [name, 0])),
    ...inputs,
    numeric,
    number: numeric,
  };
}

async function created(settled: PropertyMap, password: string): Promise<Created> {
  return {
    id: "none",
    outputs: { ...settled, result: secret(password), bcryptHash: secret(await bcrypt(password)) },
  };
}

async function bcrypt(password: string): Promise<string> {
  // Go writes version 2a, the library 2b; for valid UTF-8 the two are the same algorithm.
  const salt = (await genSalt(BCRYPT_COST)).replace(/^\$2b\$/, "$2a$");
  return hash(password, salt);
}

function validate(inputs: PropertyMap): readonly CheckFailure[] {
  const failures = [...atLeastOne("length", inputs["length"]), ...validKeepers(inputs)];
  if (inputs["number"] !== undefined && inputs["numeric"] !== undefined && inputs["number"] !== inputs["numeric"]) {
    failures.push({ property: "numeric", reason: "number and numeric are both set, and differ; leave number out" });
  }
  if (failures.length > 0) return failures;
  const rule = ruleOf(settle(inputs));
  if (rule.length < minimumLength(rule)) {
    const reason = `length must be at least the sum of ${MINIMUMS.join(", ")} (${minimumLength(rule)}), got: ${rule.length}`;
    failures.push({ property: "length", reason });
  } else if (rule.length > minimumLength(rule) && alphabetOf(rule) === "") {
    failures.push({
      property: "length",
      reason: "lower, upper, numeric and special are all off: no character is left",
    });
  }
  return failures;
}

function ruleOf(settled: PropertyMap): CharacterRule {
  const flag = (name: string): boolean => settled[name] === true;
  const count = (name: string): number => Number(settled[name] ?? 0);
  return {
    length: count("length"),
    lower: flag("lower"),
    upper: flag("upper"),
    numeric: flag("numeric"),
    special: flag("special"),
    minLower: count("minLower"),
    minUpper: count("minUpper"),
    minNumeric: count("minNumeric"),
    minSpecial: count("minSpecial"),
    overrideSpecial: typeof settled["overrideSpecial"] === "string" ? settled["overrideSpecial"] : "",
  };
}
