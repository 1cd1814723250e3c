import type { StoreExamination } from "../../../components/backends/examiner.ts";

/** What was found, as people read it: `object: secret "a" does not exist → pulumi up --refresh`. */
export function findingsOf(...each: readonly StoreExamination[]): readonly string[] {
  return each.flatMap(({ findings = [] }) =>
    findings.map(({ link, subject, problem, fix = "" }) => `${link}: ${subject} ${problem} → ${fix}`),
  );
}

/** What is as it should be. */
export function seenIn(...each: readonly StoreExamination[]): readonly string[] {
  return each.flatMap(({ seen = [] }) => seen.map(({ link, text }) => `${link}: ${text}`));
}

/** What was not told, and why. */
export function unansweredIn(...each: readonly StoreExamination[]): readonly string[] {
  return each.flatMap(({ unanswered = [] }) =>
    unanswered.map(({ link, subject, reason }) => `${link}: ${subject}: ${reason}`),
  );
}
