import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { applicationSecrets } from "../support/cluster.ts";
import { LeakScanner, type Canary, type Leak } from "./leak-scanner.ts";
import { collectEvidence, type Evidence } from "./evidence.ts";
import { deployMain, mainOptions } from "../support/main-stack.ts";
import { connection } from "../support/platform.ts";
import { succeed } from "../support/stacks.ts";
import { allKvValues } from "../support/vault.ts";

describe("the leak scan", () => {
  const planted: Canary = { name: "planted", value: `"${randomBytes(12).toString("base64")}+/\\%` };
  let canaries: readonly Canary[];
  let evidence: readonly Evidence[];
  let leaks: readonly Leak[];

  before(async () => {
    await deployMain();
    // The most verbose output: every property of every resource.
    await succeed("preview", mainOptions(), { diff: true });
    await succeed("up", mainOptions(), { diff: true });
    canaries = await valuesOfThePlatform();
    await writeFile(path.join(connection().logs, "planted.log.gz"), gzipSync(`{"x":${JSON.stringify(planted.value)}}`));
    evidence = await collectEvidence();
    const scanner = new LeakScanner([...canaries, planted]);
    leaks = evidence.flatMap(({ place, content }) => scanner.scan(place, content));
  });

  it("knows every generated value, including older versions", () => {
    assert.ok(canaries.length >= 18, `only ${canaries.length} values`);
    assert.ok(canaries.some(({ name }) => name === "mlops-platform-sandbox/argocd/admin password"));
    assert.ok(canaries.some(({ name }) => name === "huggingface-token, provided"));
  });

  it("reads the state with its backups and history, logs, the output of runs, Helm, events and ConfigMaps", () => {
    const places = evidence.map(({ place }) => place).join("\n");
    const expected = [
      /^pulumi-state\/\.pulumi\/stacks\/.*sandbox\.json\.gz$/m,
      /^pulumi-state\/\.pulumi\/backups\//m,
      /^pulumi-state\/\.pulumi\/history\//m,
      /^project\/Pulumi\.sandbox\.yaml$/m,
      /^logs\/vault-audit\.log$/m,
      /^logs\/external-secrets.*\.log$/m,
      /^up of sandbox, events$/m,
      /^preview of sandbox, printed$/m,
      /^helm get all/m,
      /^kubectl get events/m,
      /^ConfigMap /m,
      /^sandbox\.json$/m,
    ];
    for (const place of expected) assert.match(places, place);
    const state = evidence.find(({ place }) => /stacks\/.*sandbox\.json\.gz$/.test(place));
    assert.match(String(state?.content), /"ciphertext"/, "the state was not read decompressed");
  });

  it("has no log of a run by the engine, which would hold values", () => {
    const logs = evidence.filter(({ place }) => place.startsWith("pulumi-home/logs"));
    assert.deepEqual(
      logs.map(({ place, content }) => ({ place, content: String(content) })),
      [{ place: "pulumi-home/logs", content: "" }],
    );
  });

  it("finds a planted value in a compressed file", () => {
    const found = leaks.filter(({ name }) => name === planted.name);
    assert.deepEqual(found, [{ place: "logs/planted.log.gz", name: "planted", form: "JSON" }]);
  });

  it("finds nothing else", () => {
    assert.deepEqual(
      leaks.filter(({ name }) => name !== planted.name),
      [],
    );
  });
});

/** Every value of every version in Vault, and every value of a Secret, that is no fixed text. */
async function valuesOfThePlatform(): Promise<readonly Canary[]> {
  const stored = (await allKvValues()).flatMap(({ path, values }) => named(path, values));
  const delivered = [...(await applicationSecrets())].flatMap(([name, values]) => named(name, values));
  const known = new Map([...delivered, ...stored].map((canary) => [canary.value, canary]));
  const provided = [...known.values()].find(({ value }) => value.startsWith("demo-value"));
  const others = [...known.values()].filter(({ value }) => value !== provided?.value);
  return [
    ...others,
    ...(provided === undefined ? [] : [{ name: "huggingface-token, provided", value: provided.value }]),
  ];
}

/** Literals (user names, `rotated-at`) are shorter than every random value, or dates. */
function named(place: string, values: Readonly<Record<string, string>>): readonly Canary[] {
  return Object.entries(values)
    .filter(([, value]) => value.length >= 20 && !/^\d{4}-\d{2}-\d{2}T/.test(value))
    .map(([key, value]) => ({ name: `${place} ${key}`, value }));
}
