import type { Environment } from "../../stacks/config/environment.ts";
import type { Report } from "../doctor/report.ts";
import type { Remark } from "./model.ts";
import { deliveriesOf } from "./steps.ts";
import type { Verification } from "./tools.ts";

export interface VerifyArgs {
  readonly environment: Environment;
  /** Secrets that were rotated. */
  readonly ids: readonly string[];
  /** The doctor, asked for one Secret, `<namespace>/<secret>`. */
  readonly look: (target: string) => Promise<Report>;
}

/** What the doctor says of every Secret that gets a value of what was rotated. Due dates of other secrets are left out. */
export async function verified({ environment, ids, look }: VerifyArgs): Promise<Verification> {
  const places = ids.flatMap((id) =>
    deliveriesOf(environment, id).map(({ namespace, delivery }) => `${namespace.name}/${delivery.secretName}`),
  );
  const reports: Report[] = [];
  for (const place of new Set(places)) reports.push(await look(place));
  const problems = reports.flatMap((each) => each.problems).filter(({ link, subject }) => isAbout(ids, link, subject));
  const remarks = problems.map(({ subject, problem, fix }) => ({
    text: `${subject} ${problem}`,
    ...(fix === undefined ? {} : { fix }),
  }));
  return {
    verified: reports.flatMap(({ secrets }) =>
      secrets.map(({ cluster, namespace, secret, verdict, chain }) => ({
        cluster,
        namespace,
        secret,
        verdict: verdict === "warning" && onlyDates(chain) ? "sound" : verdict,
      })),
    ),
    remarks: [...new Map(remarks.map((each): [string, Remark] => [each.text, each])).values()],
  };
}

function isAbout(ids: readonly string[], link: string, subject: string): boolean {
  return link !== "dates" || ids.some((id) => subject === `secret ${id}`);
}

/** Whether all that is to be done is another rotation, of whatever secret. */
function onlyDates(chain: Report["secrets"][number]["chain"]): boolean {
  return chain.every(({ link, state }) => state !== "warning" || link === "dates");
}
