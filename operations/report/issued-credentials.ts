import type { NotAsked, StoreExaminer, Told } from "../../components/backends/examiner.ts";
import type { IssuedObject, IssuingRole } from "../../components/backends/issued.ts";
import { placementsOf, type Environment } from "../../stacks/config/environment.ts";
import type { OpenStore } from "./native-rotation.ts";
import type { Report, ReportedStore } from "./schema.ts";

/**
 * The report with how long issued credentials are valid, which the role alone says. What a store does not tell is said in its
 * place; it fails nothing.
 */
export async function withIssuedCredentials(
  report: Report,
  environment: Environment,
  open: OpenStore,
): Promise<Report> {
  const opened = new Map<string, Promise<StoreExaminer | NotAsked>>();
  const secrets = await Promise.all(
    report.secrets.map(async (secret) => {
      const placements = placementsOf(environment, secret.id);
      const stores = await Promise.all(
        secret.stores.map(async (reported) => {
          const placed = placements.find(({ store }) => store.name === reported.store);
          const issued = placed?.objects[0]?.issued;
          if (placed === undefined || issued === undefined || reported.issued === undefined) return reported;
          const examiner = opened.get(reported.store) ?? open(placed.store);
          opened.set(reported.store, examiner);
          return { ...reported, issued: { ...reported.issued, ...validity(await told(await examiner, issued)) } };
        }),
      );
      return { ...secret, stores };
    }),
  );
  return { ...report, secrets };
}

async function told(examiner: StoreExaminer | NotAsked, issued: IssuedObject): Promise<Told<IssuingRole>> {
  if ("reason" in examiner) return { refused: examiner.reason };
  return (await examiner.issues?.(issued)) ?? { absent: true };
}

function validity(answer: Told<IssuingRole>): Pick<NonNullable<ReportedStore["issued"]>, "validSeconds" | "unknown"> {
  if ("value" in answer) return { validSeconds: answer.value.seconds };
  return { unknown: "refused" in answer ? answer.refused : "there is no such role" };
}
