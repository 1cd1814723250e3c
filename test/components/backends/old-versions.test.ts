import assert from "node:assert/strict";
import { awsOldVersions, open as openAws } from "../../../components/backends/aws/old-versions.ts";
import { azureOldVersions } from "../../../components/backends/azure/old-versions.ts";
import { googleOldVersions } from "../../../components/backends/gcp/old-versions.ts";
import type { OldVersions } from "../../../components/backends/old-versions.ts";
import { vaultOldVersions } from "../../../components/backends/vault/old-versions.ts";
import { awsParameterStore } from "./rows/aws.ts";

/** What a store is told in each API's own words. */
interface Row {
  readonly store: string;
  /** One with versions in each state that the store knows. */
  readonly open: (seen: unknown[]) => OldVersions;
  /** Those that are old and can be read, the oldest first. */
  readonly old: readonly string[];
  /** What disabling the first one sends. */
  readonly sent: unknown;
  /** The same, where the object is not there or the caller may not. */
  readonly refused: OldVersions;
}

const url = "https://secretmanager.googleapis.com/v1/projects/acme/secrets/db/versions";
const version = (number: number, state: string) => ({ name: `projects/1/secrets/db/versions/${number}`, state });
const azureVersion = (id: string, created: number, enabled = true) => ({
  id: `https://kv-acme.vault.azure.net/secrets/db/${id}`,
  attributes: { created, enabled },
});
const refusal = { refused: "not allowed" } as const;

const rows: readonly Row[] = [
  {
    store: "Vault",
    open: (seen) =>
      vaultOldVersions(
        { mount: "secret", namespace: "team" },
        (path, namespace) => {
          assert.deepEqual([path, namespace], ["secret/metadata/db", "team"]);
          const kept = { deletion_time: "", destroyed: false };
          const versions = {
            10: kept,
            9: kept,
            8: { deletion_time: "2026-11-01T00:00:00Z", destroyed: false },
            7: { deletion_time: "", destroyed: true },
            2: kept,
          };
          return Promise.resolve({ status: 200, data: { current_version: 10, versions }, errors: [] });
        },
        (path, namespace, body) => {
          seen.push([path, namespace, body]);
          return Promise.resolve({ status: 204, data: {}, errors: [] });
        },
      ),
    old: ["2", "9"],
    sent: ["secret/delete/db", "team", { versions: [2] }],
    refused: vaultOldVersions(
      { mount: "secret" },
      () => Promise.resolve({ status: 403, data: {}, errors: ["not allowed"] }),
      () => Promise.resolve({ status: 403, data: {}, errors: ["not allowed"] }),
    ),
  },
  {
    store: "Secrets Manager",
    open: (seen) =>
      awsOldVersions({
        stages: () =>
          Promise.resolve({
            value: {
              current: ["AWSCURRENT"],
              pending: ["AWSPENDING"],
              both: ["AWSPREVIOUS", "theirs"],
              before: ["AWSPREVIOUS"],
            },
          }),
        removeStage: (...call) => {
          seen.push(call);
          return Promise.resolve({ value: true as const });
        },
      }),
    old: ["before"],
    sent: ["db", "before"],
    refused: awsOldVersions({
      stages: () => Promise.resolve(refusal),
      removeStage: () => Promise.resolve(refusal),
    }),
  },
  {
    store: "Key Vault",
    open: (seen) =>
      azureOldVersions(
        (plane, path) => {
          assert.equal(plane, "vault");
          if (path === "/secrets/db/versions?api-version=7.4") {
            const value = [azureVersion("newest", 30), azureVersion("second", 20)];
            const nextLink = "https://kv-acme.vault.azure.net:443/secrets/db/versions?api-version=7.4&$skiptoken=x";
            return Promise.resolve({ value: { value, nextLink } });
          }
          assert.equal(path, "/secrets/db/versions?api-version=7.4&$skiptoken=x");
          const value = [azureVersion("first", 10), azureVersion("off", 5, false), azureVersion("twin", 30)];
          return Promise.resolve({ value: { value, nextLink: null } });
        },
        (...call) => {
          seen.push(call);
          return Promise.resolve({ value: {} });
        },
      ),
    old: ["first", "second"],
    sent: ["/secrets/db/first?api-version=7.4", { attributes: { enabled: false } }],
    refused: azureOldVersions(
      () => Promise.resolve(refusal),
      () => Promise.resolve(refusal),
    ),
  },
  {
    store: "Google Cloud",
    open: (seen) =>
      googleOldVersions({ project: "acme" }, (asked, method = "GET") => {
        if (method === "POST") {
          seen.push(asked);
          return Promise.resolve({ value: {} });
        }
        if (asked === `${url}?pageSize=1000`) {
          const versions = [version(11, "DISABLED"), version(10, "ENABLED")];
          return Promise.resolve({ value: { versions, nextPageToken: "a/b" } });
        }
        assert.equal(asked, `${url}?pageSize=1000&pageToken=a%2Fb`);
        return Promise.resolve({ value: { versions: [version(9, "DESTROYED"), version(2, "ENABLED")] } });
      }),
    old: ["2", "10"],
    sent: `${url}/2:disable`,
    refused: googleOldVersions({ project: "acme" }, () => Promise.resolve(refusal)),
  },
];

describe("old versions of an object in a store", () => {
  for (const { store, open, old, sent, refused } of rows) {
    it(`${store}: are those that can be read, without the newest one, and what somebody else needs`, async () => {
      const seen: unknown[] = [];
      assert.deepEqual(await open(seen).list("db"), { value: old });
      assert.deepEqual(seen, []);
    });

    it(`${store}: are disabled one by one`, async () => {
      const seen: unknown[] = [];
      assert.deepEqual(await open(seen).disable("db", old[0] ?? ""), { value: true });
      assert.deepEqual(seen, [sent]);
    });

    it(`${store}: that are refused say why`, async () => {
      assert.deepEqual([await refused.list("db"), await refused.disable("db", "1")], [refusal, refusal]);
    });
  }

  it("stay in Parameter Store, which says so", async () => {
    assert.ok(awsParameterStore.spec.kind === "aws-parameter-store");
    assert.deepEqual(await openAws(awsParameterStore.spec, () => undefined), {
      reason:
        "the history of Parameter Store can't be disabled or shortened; whoever has no ssm:GetParameterHistory can't read it",
    });
  });
});
