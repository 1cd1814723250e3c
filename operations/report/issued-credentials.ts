import type { NotAsked, StoreExaminer, Told } from "../../components/backends/examiner.ts";
import type { IssuedObject, IssuingRole } from "../../components/backends/issued.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { withStores, type OpenStore } from "./ask-stores.ts";
import type { Report, ReportedStore } from "./schema.ts";

/**
 * The report with how long issued credentials are valid, which the role alone says. What a store does not tell is said in its
 * place; it fails nothing.
 */
export function withIssuedCredentials(report: Report, environment: Environment, open: OpenStore): Promise<Report> {
  return withStores(report, environment, open, async (reported, { objects }, ask) => {
    const issued = objects[0]?.issued;
    if (issued === undefined || reported.issued === undefined) return reported;
    return { ...reported, issued: { ...reported.issued, ...validity(await told(await ask(), issued)) } };
  });
}

async function told(examiner: StoreExaminer | NotAsked, issued: IssuedObject): Promise<Told<IssuingRole>> {
  if ("reason" in examiner) return { refused: examiner.reason };
  return (await examiner.issues?.(issued)) ?? { absent: true };
}

function validity(answer: Told<IssuingRole>): Pick<NonNullable<ReportedStore["issued"]>, "validSeconds" | "unknown"> {
  if ("value" in answer) return { validSeconds: answer.value.seconds };
  return { unknown: "refused" in answer ? answer.refused : "there is no such role" };
}
