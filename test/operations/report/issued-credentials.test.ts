import assert from "node:assert/strict";
import { reportText } from "../../../cli/text/report.ts";
import type { NotAsked, StoreExaminer, Told } from "../../../components/backends/examiner.ts";
import type { IssuedObject, IssuingRole } from "../../../components/backends/issued.ts";
import { vaultExaminer } from "../../../components/backends/vault/examiner.ts";
import type { VaultAnswer } from "../../../components/backends/vault/http.ts";
import { reportPage } from "../../../operations/report/html/page.ts";
import { withIssuedCredentials } from "../../../operations/report/issued-credentials.ts";
import { reportOf } from "../../../operations/report/report.ts";
import { literal } from "../../../components/values/recipe.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { vaultSpec } from "../../support/vault-spec.ts";

const spec = (role: object) =>
  environment({
    catalogue: {
      shop: {
        secrets: { db: { keys: { username: literal("unused"), password: literal("unused") } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
      },
    },
    facts: {
      ...facts,
      stores: { vault: { ...facts.stores.vault, databaseCredentials: { "shop/db": role } } },
      namespaces: { shop: { cluster: "main", store: "vault" } },
    },
  });
const dynamic = { role: "shop" };

const examiner = (answer: Told<IssuingRole>): StoreExaminer => ({
  store: () => Promise.reject(new Error("not asked")),
  reader: () => Promise.reject(new Error("not asked")),
  object: () => Promise.reject(new Error("not asked")),
  issues: () => Promise.resolve(answer),
});
const described = (role: object = dynamic) => reportOf({ environment: spec(role), stack: "test", asOf: "2026-03-01" });
const reported = (store: StoreExaminer | NotAsked, role: object = dynamic) =>
  withIssuedCredentials(described(role), spec(role), () => Promise.resolve(store));

describe("credentials that a store issues", () => {
  it("are reported with the engine and the role, without anything being asked", () => {
    const report = described();
    assert.deepEqual(report.secrets[0]?.stores[0]?.issued, { kind: "dynamic", mount: "database", role: "shop" });
    assert.match(reportText(report), /vault, bundle, issued, by database\/roles\/shop/);
  });

  it("are reported with the time for which they are valid where the store tells: as text, as data, on the page", async () => {
    const report = await reported(examiner({ value: { seconds: 5400 } }));
    assert.equal(report.secrets[0]?.stores[0]?.issued?.validSeconds, 5400);
    assert.match(reportText(report), /by database\/roles\/shop, valid for 90 minutes/);
    assert.match(reportPage(report), /by database\/roles\/shop, valid for 90 minutes/);
  });

  it("are reported with the time between two rotations where the role is a static one", async () => {
    const kept = { staticRole: "shop" };
    assert.match(
      reportText(await reported(examiner({ value: { seconds: 86400 } }), kept)),
      /by database\/static-roles\/shop, rotated every 1 day/,
    );
    assert.match(reportText(await reported(examiner({ value: { seconds: 0 } }), kept)), /rotated by a schedule/);
  });

  it("are of unknown validity where the store was not asked, refused, or has no such role, which fails nothing", async () => {
    const title = "Not told by the store how long its credentials are valid:";
    for (const [store, reason] of [
      [{ reason: "VAULT_TOKEN is not set" }, "VAULT_TOKEN is not set"],
      [examiner({ refused: "permission denied" }), "permission denied"],
      [examiner({ absent: true }), "there is no such role"],
    ] as const) {
      assert.ok(reportText(await reported(store)).endsWith(`${title}\n  vault: ${reason}: shop/db\n`));
    }
  });
});

describe("a role of Vault's database secrets engine", () => {
  const issued: IssuedObject = {
    kind: "dynamic",
    mount: "database",
    role: "shop",
    fields: {},
    generator: "VaultDynamicSecret",
  };
  const asked = async (answer: VaultAnswer) => {
    const paths: string[] = [];
    const read = (path: string) => {
      paths.push(path);
      return Promise.resolve(answer);
    };
    const told = await vaultExaminer(vaultSpec, read).issues?.(issued);
    assert.deepEqual(paths, ["database/roles/shop"]);
    return told;
  };

  it("tells for how long its credentials are valid, and none are read", async () => {
    const data = { default_ttl: 3600, max_ttl: 1800 };
    assert.deepEqual(await asked({ status: 200, data, errors: [] }), { value: { seconds: 1800 } });
  });

  it("is absent, refused or unanswered with the reason", async () => {
    assert.deepEqual(await asked({ status: 404, data: {}, errors: [] }), { absent: true });
    assert.deepEqual(await asked({ status: 403, data: {}, errors: ["permission denied"] }), {
      refused: "the token of VAULT_TOKEN may not read the role",
    });
    assert.deepEqual(await asked({ unreachable: "no answer within 10 s" }), { refused: "no answer within 10 s" });
  });
});
