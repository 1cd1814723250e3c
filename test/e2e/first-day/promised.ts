import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { demoValues } from "../../../sandbox/engine/demo-values.ts";

/**
 * What the sandbox environment promises, written by hand instead of derived from the catalogue: a catalogue that loses a
 * key or weakens a recipe must fail here.
 */

/** Throws when the value is not as promised, without quoting it. */
type Check = (value: string, secret: Readonly<Record<string, string>>) => void;

function pattern(expected: RegExp): Check {
  return (value) => {
    assert.ok(expected.test(value), `a value of ${value.length} characters does not match ${String(expected)}`);
  };
}

/** Exactly `length` characters, each of the classes at least once and nothing else. */
function characters(length: number, ...classes: readonly string[]): Check {
  return (value, secret) => {
    pattern(new RegExp(`^[${classes.join("")}]{${length}}$`))(value, secret);
    for (const each of classes) pattern(new RegExp(`[${each}]`))(value, secret);
  };
}

const password = characters(32, "a-z", "A-Z", "0-9");
const hex = (bytes: number): Check => pattern(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const is =
  (expected: string): Check =>
  (value) => {
    assert.ok(value === expected, `expected the fixed text "${expected}", got another one`);
  };

const databaseUri: Check = (value, { username = "", password: secret = "" }) => {
  const host = "mlflow-postgresql.mlflow.svc:5432/mlflow";
  assert.ok(value === `postgresql://${username}:${encodeURIComponent(secret)}@${host}`, "uri is not made of its parts");
};

/** Secrets of the sandbox by `namespace/name`: every key, with the check of its value. */
export const promised: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  "mlflow/mlflow-db-secret": { username: is("mlflow"), password, uri: databaseUri },
  "mlflow/mlflow-tracking": { username: is("mlflow"), password },
  "minio/minio-root": { rootUser: is("minio-admin"), rootPassword: password },
  "private-ai-demo/minio-credentials": {
    accesskey: characters(20, "A-Z", "0-9"),
    secretkey: characters(40, "a-z", "A-Z", "0-9"),
  },
  "private-ai-demo/huggingface-token": { HF_TOKEN: is(demoValues["huggingfaceToken"] ?? "") },
  "grafana/grafana-admin": { "admin-user": is("admin"), "admin-password": password },
  "model-server/ml-model-admin-token": { ADMIN_API_TOKEN: hex(32) },
  "model-server/ml-model-mlflow-credentials": {
    MLFLOW_TRACKING_USERNAME: is("mlflow"),
    MLFLOW_TRACKING_PASSWORD: password,
  },
  "rhoai-model-registries/registry-db-secrets": { MYSQL_ROOT_PASSWORD: password, MYSQL_USER_NAME: is("mlmduser") },
  "deparrow/deparrow-secrets": {
    DEPARROW_JWT_SECRET: hex(64),
    DEPARROW_SECRET_KEY: hex(32),
    GRAFANA_ADMIN_USER: is("admin"),
    GRAFANA_ADMIN_PASSWORD: password,
    POSTGRES_PASSWORD: password,
    POSTGRES_REPLICATION_PASSWORD: password,
    REDIS_PASSWORD: password,
  },
  "deparrow/postgres-credentials": {
    POSTGRES_USER: is("deparrow"),
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: is("deparrow"),
  },
  "deparrow/redis-credentials": { REDIS_PASSWORD: password },
};

/** Keys that are merged into Argo CD's Secret, which keeps its own. */
export const merged: Readonly<Record<string, Check>> = {
  "admin.password": pattern(/^\$2a\$10\$[./A-Za-z0-9]{53}$/),
  "admin.passwordMtime": is("2026-11-22T00:00:00Z"),
};

/** Whether a bcrypt hash belongs to a password. */
export function bcryptMatches(value: string, hash: string): boolean {
  return bcrypt.compareSync(value, hash);
}

/** What each namespace may read, by the Vault path below `mlops-platform-sandbox/`. */
export const readable: Readonly<Record<string, readonly string[]>> = {
  mlflow: ["mlflow/db-password", "mlflow/tracking"],
  minio: ["minio/root"],
  "private-ai-demo": ["huggingface/token", "minio/credentials"],
  argocd: ["argocd/admin"],
  grafana: ["grafana/admin"],
  "model-server": ["mlflow/tracking", "model-server/admin-token"],
  "rhoai-model-registries": ["model-registry/db"],
  deparrow: ["deparrow/app", "deparrow/postgres", "deparrow/redis"],
};
