import assert from "node:assert/strict";
import { cli } from "./cli.ts";

/** Makes the operator look again at every store and ExternalSecret of these namespaces: any new annotation does. */
export async function nudge(namespaces: readonly string[]): Promise<void> {
  const mark = ["--overwrite", `nudged=${Date.now()}`];
  const nudges = namespaces.map((namespace) =>
    cli("kubectl", ["annotate", "secretstore,externalsecret", "--all", `--namespace=${namespace}`, ...mark]),
  );
  for (const { code, output } of await Promise.all(nudges)) assert.equal(code, 0, output);
}
