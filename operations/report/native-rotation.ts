import type { NativeRotation, NotAsked, StoreExaminer, Told } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { placementsOf, type Environment } from "../../stacks/config/environment.ts";
import type { Report, ReportedStore } from "./schema.ts";

/** Opens a store to ask it. */
export type OpenStore = (store: RemoteStoreSpec) => Promise<StoreExaminer | NotAsked>;

/** Kinds of stores that rotate objects by themselves. */
const rotating: ReadonlySet<RemoteStoreSpec["kind"]> = new Set(["aws-secrets-manager"]);

/**
 * The report with what stores rotate by themselves: of what somebody else writes nothing here knows its age. What a store does
 * not tell is said in its place; it fails nothing.
 */
export async function withNativeRotation(report: Report, environment: Environment, open: OpenStore): Promise<Report> {
  const opened = new Map<string, Promise<StoreExaminer | NotAsked>>();
  const secrets = await Promise.all(
    report.secrets.map(async (secret) => {
      const placements = placementsOf(environment, secret.id);
      const stores = await Promise.all(
        secret.stores.map(async (reported) => {
          const placed = placements.find(({ store }) => store.name === reported.store);
          if (placed === undefined || !rotating.has(placed.store.kind)) return reported;
          const examiner = opened.get(reported.store) ?? open(placed.store);
          opened.set(reported.store, examiner);
          const [first] = placed.objects;
          if (first === undefined) return reported;
          const nativeRotation = reportedRotation(await told(await examiner, first));
          return nativeRotation === undefined ? reported : { ...reported, nativeRotation };
        }),
      );
      return { ...secret, stores };
    }),
  );
  return { ...report, secrets };
}

async function told(
  examiner: StoreExaminer | NotAsked,
  object: Parameters<StoreExaminer["object"]>[0],
): Promise<Told<NativeRotation | undefined>> {
  if ("reason" in examiner) return { refused: examiner.reason };
  return (await examiner.rotation?.(object)) ?? { value: undefined };
}

function reportedRotation(answer: Told<NativeRotation | undefined>): ReportedStore["nativeRotation"] {
  if ("refused" in answer) return { unknown: answer.refused };
  // What is not there yet is rotated by nobody.
  if ("absent" in answer || answer.value === undefined) return undefined;
  const { by, everyDays, schedule, last, next } = answer.value;
  return {
    by,
    ...(everyDays === undefined ? {} : { everyDays }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(last === undefined ? {} : { lastAt: last.toISOString() }),
    ...(next === undefined ? {} : { nextOn: next.toISOString().slice(0, 10) }),
  };
}
