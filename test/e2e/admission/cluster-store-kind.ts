import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cli } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { connection } from "../support/platform.ts";

/** Applies the kind ClusterSecretStore from the chart of the operator, which does not serve it as the program sets it up. */
export async function applyClusterStoreKind(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "admission-"));
  const chart = connection().externalSecretsChart;
  const show = "--show-only=templates/crds/clustersecretstore.yaml";
  const rendered = await cli("helm", ["template", "kinds", chart, show, "--set=crds.conversion.enabled=false"]);
  assert.equal(rendered.code, 0, rendered.output);
  const file = path.join(folder, "kind.yaml");
  await writeFile(file, rendered.stdout);
  const applied = await cli("kubectl", ["apply", "--server-side", `--filename=${file}`]);
  assert.equal(applied.code, 0, applied.output);
  const served = async () => (await cli("kubectl", ["get", "clustersecretstores"])).code === 0;
  await eventually("the kind ClusterSecretStore is served", served);
  await rm(folder, { recursive: true });
}
