import { isRecord } from "../../../components/support/is-record.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { received } from "../../../components/support/messages/received.ts";
import type { Policy, WeakKey } from "../../environments/policy.ts";
import { isReason } from "./reason.ts";
import { isRotationCalendar } from "./rotation-calendar.ts";

/**
 * Policies are TypeScript, and Node runs them without looking at their types: what is wrong with one is found here, before
 * a replica count of NaN reaches a cluster.
 */

/** A field's rule: what it must be, whether a value is that, and a value that forbids nothing. */
interface Rule<T> {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
  /** Stands in for a wrong value, so that the rest of an environment is still checked. */
  readonly lenient: T;
  /** Whether a policy can do without it. Default: no. */
  readonly optional?: true;
}

/** A year. */
const mostSeconds = 31_536_000;
const stages: readonly Policy["stage"][] = ["development", "acceptance", "production", "by-hand"];

const rules: { readonly [F in keyof Policy]-?: Rule<Policy[F]> } = {
  stage: {
    must: `be ${stages.map((each) => JSON.stringify(each)).join(", ")}`,
    holds: (value) => (stages as readonly unknown[]).includes(value),
    lenient: "by-hand",
  },
  retain: either(true),
  minimumBits: whole(1, 4096, 1),
  weakKeys: {
    must: 'be a list of exceptions, each with secret ("<app>/<secret>"), key and reason (a line of 1 to 200 characters), and none twice',
    holds: areWeakKeys,
    lenient: [],
    optional: true,
  },
  refreshFloorSeconds: whole(1, mostSeconds, 1),
  highAvailability: either(false),
  operatorReplicas: whole(1, 20, 1),
  allowOldOperator: either(true),
  maximumResources: whole(1, 1_000_000, 1_000_000),
  allowEmbeddedSecrets: either(true),
  allowOpenClusterStores: either(true),
  allowStaticCredentials: either(true),
  recoveryDays: {
    must: "be 0, or a whole number from 7 to 30",
    holds: (value) => value === 0 || isWhole(value, 7, 30),
    lenient: 7,
  },
  purgeProtection: either(false),
  requireCustomerKeys: either(false),
  requireAuditLogs: either(false),
  rotation: {
    must:
      'be a calendar: timeZone ("Europe/Berlin"), windows with days ("Mon"), from and to ("08:00", "16:00", the later one up to "24:00"), ' +
      'and freezes with from, to ("2026-12-20") and reason (a line of 1 to 200 characters)',
    holds: isRotationCalendar,
    lenient: { timeZone: "UTC" },
    optional: true,
  },
};
const fields = Object.keys(rules) as readonly (keyof Policy)[];

export interface SoundPolicy {
  /** The policy, with a lenient value for each wrong one. */
  readonly policy: Policy;
  readonly issues: readonly Issue[];
}

/** The policy of an environment, and what is wrong with it: fields that are missing, unknown or of another type. Pure. */
export function soundPolicy(environment: string, given: unknown): SoundPolicy {
  const fix = `change stacks/environments/${environment}.ts; its fields are in stacks/environments/policy.ts`;
  const lenient = Object.fromEntries(fields.map((field) => [field, rules[field].lenient])) as unknown as Policy;
  if (!isRecord(given)) {
    const problem = `must be an object with the fields of a policy, ${received(given)}`;
    return { policy: lenient, issues: [{ path: "policy", problem, fix }] };
  }
  const unknown = Object.keys(given).filter((field) => !Object.hasOwn(rules, field));
  const wrong = fields.filter((field) => {
    if (!Object.hasOwn(given, field)) return rules[field].optional !== true;
    return !rules[field].holds(given[field]);
  });
  const corrected = Object.fromEntries(
    fields
      .filter((field) => Object.hasOwn(given, field) || wrong.includes(field))
      .map((field) => [field, wrong.includes(field) ? rules[field].lenient : given[field]]),
  ) as unknown as Policy;
  return {
    policy: corrected,
    issues: [
      ...wrong.map((field) => {
        const missing = !Object.hasOwn(given, field) || given[field] === undefined;
        const problem = missing
          ? `is missing: it must ${rules[field].must}`
          : `must ${rules[field].must}, ${received(given[field])}`;
        return { path: `policy.${field}`, problem, fix };
      }),
      ...unknown.map((field) => ({
        path: `policy.${field}`,
        problem: `is no field of a policy; there are ${fields.join(", ")}`,
        fix,
      })),
    ],
  };
}

function areWeakKeys(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isWeakKey)) return false;
  const named = (value as readonly WeakKey[]).map(({ secret, key }) => `${secret} ${key}`);
  return new Set(named).size === named.length;
}

function isWeakKey(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "key,reason,secret") return false;
  const { secret, key, reason } = value;
  return typeof secret === "string" && typeof key === "string" && isReason(reason);
}

function either(lenient: boolean): Rule<boolean> {
  return { must: "be true or false", holds: (value) => typeof value === "boolean", lenient };
}

function whole(least: number, most: number, lenient: number): Rule<number> {
  return {
    must: `be a whole number from ${least} to ${most}`,
    holds: (value) => isWhole(value, least, most),
    lenient,
  };
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
