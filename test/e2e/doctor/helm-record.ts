import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { cli } from "../support/cli.ts";

interface HelmRecord {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly data: { readonly release: string };
}

/** The revision that is left of an operation of Helm that was killed. */
export const killedRevision = "sh.helm.release.v1.external-secrets.v99";

/** Leaves the operator's release as Helm does that is killed in the middle of an update. */
export async function leavePendingRelease(): Promise<void> {
  const { code, stdout, output } = await cli("kubectl", [
    ...["get", "secret", "--namespace=external-secrets", "--selector=owner=helm,name=external-secrets,status=deployed"],
    "--output=json",
  ]);
  assert.equal(code, 0, output);
  const [deployed] = (JSON.parse(stdout) as { readonly items: readonly HelmRecord[] }).items;
  assert.ok(deployed !== undefined);
  const { metadata, data } = deployed;
  const release = decoded(data.release);
  const pending = { ...release, version: 99, info: { ...release.info, status: "pending-upgrade" } };
  const record = {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: killedRevision,
      namespace: "external-secrets",
      labels: { ...metadata.labels, status: "pending-upgrade", version: "99" },
    },
    data: { release: encoded(pending) },
  };
  const folder = await mkdtemp(path.join(tmpdir(), "helm-"));
  try {
    const file = path.join(folder, "record.json");
    await writeFile(file, JSON.stringify(record));
    const created = await cli("kubectl", ["create", `--filename=${file}`]);
    assert.equal(created.code, 0, created.output);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Helm keeps a release as JSON, packed, in base64, which the API encodes once more. */
function decoded(text: string): { readonly info: object } {
  const packed = Buffer.from(Buffer.from(text, "base64").toString("utf8"), "base64");
  return JSON.parse(gunzipSync(packed).toString("utf8")) as { readonly info: object };
}

function encoded(release: object): string {
  return Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64");
}
