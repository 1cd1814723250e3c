import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { clearTexts } from "../support/clear-text.ts";
import { root } from "../support/project.ts";

/** What staging and prod promise, told by their golden files: of each resource that the program makes there. */

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options?: { readonly retainOnDelete?: boolean };
}

function resourcesOf(environment: string): readonly Resource[] {
  const text = readFileSync(path.join(root, "test", "golden", `${environment}.json`), "utf8");
  return (JSON.parse(text) as { readonly resources: readonly Resource[] }).resources;
}

/** The resources of a type; there must be some, or the test would show nothing. */
function ofType(environment: string, type: string): readonly Resource[] {
  const found = resourcesOf(environment).filter((each) => each.type === type);
  assert.ok(found.length > 0, `${environment} has no ${type}`);
  return found;
}

describe("what is deleted from a store can be brought back", () => {
  it("in prod for 30 days in Secrets Manager", () => {
    for (const { name, inputs } of ofType("prod", "aws:secretsmanager/secret:Secret")) {
      assert.equal(inputs["recoveryWindowInDays"], 30, name);
    }
  });

  it("in prod for 30 days in Secret Manager, version by version, and whole secrets can't be deleted", () => {
    for (const { name, inputs } of ofType("prod", "gcp:secretmanager/secret:Secret")) {
      assert.deepEqual([inputs["versionDestroyTtl"], inputs["deletionProtection"]], [`${30 * 86_400}s`, true], name);
    }
  });

  it("in staging for a week at least in Key Vault", () => {
    for (const { name, inputs } of ofType("staging", "azure-native:keyvault:Vault")) {
      const properties = inputs["properties"] as Readonly<Record<string, unknown>>;
      assert.equal(properties["enableSoftDelete"], true, name);
      assert.ok((properties["softDeleteRetentionInDays"] as number) >= 7, name);
    }
  });

  it("in prod is never deleted at all: objects, versions and values outlive destroy", () => {
    const kept =
      /^(aws:secretsmanager\/|aws:ssm\/|gcp:secretmanager\/(secret|secretVersion):|vault:kv|azure-native:keyvault:)/;
    const stored = resourcesOf("prod").filter(({ type }) => kept.test(type));
    assert.ok(stored.length > 30, `only ${stored.length}`);
    for (const { type, name, options } of stored) assert.equal(options?.retainOnDelete, true, `${type} ${name}`);
  });
});

describe("staging and prod", () => {
  for (const environment of ["staging", "prod"]) {
    it(`${environment} has no ClusterSecretStore`, () => {
      assert.deepEqual(
        resourcesOf(environment).filter(({ inputs }) => inputs["kind"] === "ClusterSecretStore"),
        [],
      );
    });

    it(`${environment} has no long-lived credential: no access key, no key of an account, no client secret, no token`, () => {
      const made = /accessKey:|serviceAccounts?\/?key:|ApplicationPassword|authBackendRoleSecretId|core\/v1:Secret$/i;
      const resources = resourcesOf(environment);
      assert.deepEqual(
        resources.filter(({ type }) => made.test(type)),
        [],
      );
      const keys = ["secretRef", "authSecretRef", "tokenSecretRef", "accessKeyIDSecretRef", "accessKey", "secretKey"];
      const named = resources
        // There, `secretKey` is the name of a key in a Secret.
        .filter(({ type }) => !type.endsWith(":ExternalSecret"))
        .filter(({ inputs }) => keys.some((key) => JSON.stringify(inputs).includes(`"${key}":`)));
      assert.deepEqual(
        named.map(({ type, name }) => `${type} ${name}`),
        [],
      );
    });

    it(`${environment} has SecretStores that read by a service account of their own namespace, and by nothing else`, () => {
      for (const { name, inputs } of ofType(environment, "kubernetes:external-secrets.io/v1:SecretStore")) {
        const text = JSON.stringify(inputs["spec"]);
        assert.match(text, /"serviceAccountRef":\{"name":"secrets-reader"\}/, name);
      }
    });
  }

  it("trust, on AWS, exactly one service account of one issuer, and the audience of STS", () => {
    for (const { name, inputs } of ofType("prod", "aws:iam/role:Role")) {
      const { Statement } = JSON.parse(inputs["assumeRolePolicy"] as string) as {
        Statement: { Action: unknown; Principal: Record<string, string>; Condition: Record<string, object> }[];
      };
      assert.equal(Statement.length, 1, name);
      const [{ Action, Principal, Condition } = assert.fail()] = Statement;
      const issuer = Principal["Federated"]?.split(":oidc-provider/")[1] ?? assert.fail(name);
      const namespace = /^eks\/(.*)\//.exec(name)?.[1] ?? assert.fail(name);
      assert.equal(Action, "sts:AssumeRoleWithWebIdentity");
      assert.deepEqual(Condition, {
        StringEquals: {
          [`${issuer}:sub`]: `system:serviceaccount:${namespace}:secrets-reader`,
          [`${issuer}:aud`]: "sts.amazonaws.com",
        },
      });
    }
  });

  it("trust, on Azure, exactly one service account of one issuer, and the audience of the exchange", () => {
    for (const { name, inputs } of ofType("staging", "azure-native:managedidentity:FederatedIdentityCredential")) {
      const namespace = /^aks\/(.*)\/trust$/.exec(name)?.[1] ?? assert.fail(name);
      assert.equal(inputs["subject"], `system:serviceaccount:${namespace}:secrets-reader`);
      assert.deepEqual(inputs["audiences"], ["api://AzureADTokenExchange"]);
      assert.match(inputs["issuer"] as string, /^https:\/\/.*\/$/);
    }
  });

  it("bind, on Google Cloud, exactly one service account to one secret", () => {
    for (const { name, inputs } of ofType("prod", "gcp:secretmanager/secretIamMember:SecretIamMember")) {
      const namespace = /^gke\/(.*?)\//.exec(name)?.[1] ?? assert.fail(name);
      assert.match(
        inputs["member"] as string,
        new RegExp(`^principal://iam\\.googleapis\\.com/[^*]+/subject/ns/${namespace}/sa/secrets-reader$`),
      );
      assert.match(inputs["secretId"] as string, /^mlops-platform-prod--[a-z0-9-]+$/i);
    }
  });

  it("have no wildcard in whom they trust", () => {
    for (const environment of ["staging", "prod"]) {
      const trusts = resourcesOf(environment).filter(({ type }) => /iam\/role:Role|Federated|IamMember/.test(type));
      assert.deepEqual(
        clearTexts(trusts.map(({ inputs }) => inputs)).filter((text) => text.includes("*")),
        [],
      );
    }
  });
});

/** Paths of what is empty, but for selectors, where that means everything. */
function empties(value: unknown, at = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return at.endsWith("Selector") ? [] : [at];
  return entries.flatMap(([key, each]) => empties(each, at === "" ? key : `${at}.${key}`));
}

describe("objects of a cluster", () => {
  for (const environment of ["dev", "staging", "prod", "sandbox"]) {
    it(`hold in ${environment} nothing empty, which an API server drops: what was asked for is what is there`, () => {
      const objects = resourcesOf(environment).filter(({ type }) => /^kubernetes:(?!helm)/.test(type));
      assert.ok(objects.length > 20, `only ${objects.length}`);
      assert.deepEqual(
        objects.flatMap(({ name, inputs }) => empties(inputs).map((at) => `${name} ${at}`)),
        [],
      );
    });
  }
});
