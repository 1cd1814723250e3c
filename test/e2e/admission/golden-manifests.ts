import { readFile } from "node:fs/promises";
import path from "node:path";
import { repositoryRoot } from "../../../sandbox/layout.ts";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface GoldenResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Manifest;
}

/** The operator's objects that an environment makes, by their logical names, as its golden file has them. */
export async function goldenManifests(environment: string): Promise<ReadonlyMap<string, Manifest>> {
  const text = await readFile(path.join(repositoryRoot, "test", "golden", `${environment}.json`), "utf8");
  const { resources } = JSON.parse(text) as { readonly resources: readonly GoldenResource[] };
  return new Map(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:external-secrets.io/"))
      .map(({ name, inputs }) => [`${environment} ${name}`, inputs]),
  );
}
