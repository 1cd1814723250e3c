import type { NativeRotation, NotAsked, StoreExaminer, Told } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { withStores, type OpenStore } from "./ask-stores.ts";
import type { Report, ReportedStore } from "./schema.ts";

/** Kinds of stores that rotate objects by themselves. */
const rotating: ReadonlySet<RemoteStoreSpec["kind"]> = new Set(["aws-secrets-manager"]);

/**
 * The report with what stores rotate by themselves: of what somebody else writes nothing here knows its age. What a store does
 * not tell is said in its place; it fails nothing.
 */
export function withNativeRotation(report: Report, environment: Environment, open: OpenStore): Promise<Report> {
  return withStores(report, environment, open, async (reported, { store, objects: [first] }, ask) => {
    if (!rotating.has(store.kind) || first === undefined) return reported;
    const nativeRotation = reportedRotation(await told(await ask(), first));
    return nativeRotation === undefined ? reported : { ...reported, nativeRotation };
  });
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
