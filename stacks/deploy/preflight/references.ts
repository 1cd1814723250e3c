import { removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Survey } from "../../../components/backends/survey.ts";
import type { PreflightStore } from "./contract.ts";

/** A referenced secret must exist, unless this very run makes it. Pure. */
export function referenceIssues(
  store: string,
  objects: PreflightStore["objects"],
  untracked: Survey["untracked"],
): readonly Issue[] {
  return objects.flatMap(({ remoteName, referencedBy: path, isReplica }): readonly Issue[] => {
    if (path === undefined || isReplica === true || untracked.has(remoteName)) return [];
    return [
      {
        path,
        problem: `store ${store} does not contain "${remoteName}"`,
        fix: `create it there, or let this program create it: ${removeCommand(path)}`,
      },
    ];
  });
}

/** What is known of referenced objects before the first write. */
export interface InspectedReferences {
  readonly issues: readonly Issue[];
  /** What the store does not tell: the operator will say so, if it is missing. */
  readonly notes: readonly string[];
}

/** Versions and properties that facts name must be there, as far as the store tells without handing a value on. */
export async function inspectReferences(
  { name: store, session, objects }: PreflightStore,
  untracked: Survey["untracked"],
): Promise<InspectedReferences> {
  const described = objects.filter(
    ({ object, remoteName }) => object?.foreign !== undefined && untracked.has(remoteName),
  );
  const found = await Promise.all(
    described.map(
      async ({ spec: { id }, remoteName, object, referencedBy: path = id }): Promise<InspectedReferences> => {
        if (object === undefined || session.inspect === undefined) return { issues: [], notes: [] };
        const { missing, unchecked } = await session.inspect(object);
        return {
          issues: missing.map((what) => ({
            path,
            problem: `"${remoteName}" in store ${store} has no ${what}`,
            fix: "name one that it has (docs/references.md), or ask its owner for it",
          })),
          notes:
            unchecked.length === 0
              ? []
              : [
                  `${id}: store ${store} does not tell without the value whether "${remoteName}" has ${unchecked.join(" and ")}; ` +
                    "the operator reports what is missing when it reads it",
                ],
        };
      },
    ),
  );
  return { issues: found.flatMap(({ issues }) => issues), notes: found.flatMap(({ notes }) => notes) };
}
