import { isSynced } from "../../components/delivery/contract.ts";
import { millisecondsOf, type ClusterReader } from "../doctor/cluster-reader.ts";
import type { Report, ReportedConsumer } from "./schema.ts";

/**
 * The report with the time at which the operator synced each Secret last, as its cluster says. What a cluster does not answer
 * is said in its place; it fails nothing.
 *
 * @param readerOf asks a cluster by its name.
 */
export async function withLastSync(report: Report, readerOf: (cluster: string) => ClusterReader): Promise<Report> {
  const readers = new Map<string, ClusterReader>();
  const reader = (cluster: string) => {
    const known = readers.get(cluster) ?? readerOf(cluster);
    readers.set(cluster, known);
    return known;
  };
  const asked = async (each: ReportedConsumer) =>
    isSynced(each) ? { ...each, lastSync: await lastSyncOf(reader(each.cluster), each) } : each;
  const secrets = await Promise.all(
    report.secrets.map(async (each) => ({ ...each, consumers: await Promise.all(each.consumers.map(asked)) })),
  );
  return { ...report, secrets };
}

async function lastSyncOf(
  reader: ClusterReader,
  { namespace, secret }: ReportedConsumer,
): Promise<NonNullable<ReportedConsumer["lastSync"]>> {
  // A list is read once, and each namespace has several.
  const answer = await reader.list("ExternalSecret", namespace);
  if ("refused" in answer) return { unknown: answer.refused };
  const found = answer.value.find(({ metadata }) => metadata?.name === secret);
  if (found === undefined) return { unknown: "there is no ExternalSecret of this name" };
  const at = millisecondsOf(found.status?.refreshTime);
  return at === undefined ? { unknown: "it was never synced" } : { at: new Date(at).toISOString() };
}
