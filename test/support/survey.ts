import assert from "node:assert/strict";
import {
  placeOf,
  type ClusterSurvey,
  type FoundObject,
  type ObjectName,
  type SecretData,
} from "../../components/clusters/survey.ts";

/** An object of a cluster, as a test says it: what it does not say is empty. */
export type Existing = ObjectName & Partial<FoundObject> & { readonly data?: Readonly<Record<string, string>> };

export interface FakeSurvey extends ClusterSurvey {
  /** What was asked for: `<cluster> <kind> <place>`. */
  readonly asked: readonly string[];
  /** Whose contents were read: `<cluster> <place>`. */
  readonly opened: readonly string[];
}

/** Clusters, by name, with these objects and no other. */
export function surveyOf(clusters: Readonly<Record<string, readonly Existing[]>>): FakeSurvey {
  const [asked, opened]: [string[], string[]] = [[], []];
  const found = (cluster: string, { kind, ...name }: ObjectName) =>
    clusters[cluster]?.find((each) => each.kind === kind && placeOf(each) === placeOf(name));
  return {
    asked,
    opened,
    find: ({ name }, wanted) => {
      asked.push(...wanted.map((each) => `${name} ${each.kind} ${placeOf(each)}`));
      return Promise.resolve(
        wanted.flatMap((each): readonly FoundObject[] => {
          const existing = found(name, each);
          if (existing === undefined) return [];
          const { data: _, ...metadata } = existing;
          const type = each.kind === "Secret" ? { type: "Opaque" } : {};
          return [{ ...type, annotations: {}, labels: {}, managers: ["kubectl-create"], ...metadata }];
        }),
      );
    },
    read: ({ name }, secrets) => {
      opened.push(...secrets.map((each) => `${name} ${placeOf(each)}`));
      return Promise.resolve(
        new Map<string, SecretData>(
          secrets.map((each) => {
            const { data = {} } = found(name, each) ?? assert.fail(`${placeOf(each)} does not exist`);
            const base64 = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
            return [placeOf(each), Object.fromEntries(base64) as SecretData];
          }),
        ),
      );
    },
  };
}
