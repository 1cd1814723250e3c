import {
  bcryptOf,
  hexToken,
  literal,
  password,
  provided,
  providedOptionally,
  rotatedAt,
  template,
} from "../../components/values/recipe.ts";
import type { Catalogue } from "./catalogue-spec.ts";

/** Rotation schedule of database and administrator passwords, in days. */
const quarterly = 90;

/** Every secret of the platform: its keys, how each value is made, and which namespaces get it under which names. */
export const catalogue: Catalogue = {
  mlflow: {
    secrets: {
      "db-password": {
        rotateEveryDays: quarterly,
        // Where each key is an object, `…/mlflow/db-password` has been the password itself from the start.
        primaryKey: "password",
        keys: {
          username: literal("mlflow"),
          password: password(),
          uri: template("postgresql://${username|uri}:${password|uri}@mlflow-postgresql.mlflow.svc:5432/mlflow"),
        },
      },
      tracking: { rotateEveryDays: quarterly, keys: { username: literal("mlflow"), password: password() } },
    },
    deliveries: [
      { namespace: "mlflow", secretName: "mlflow-db-secret", from: ["db-password"] },
      { namespace: "mlflow", secretName: "mlflow-tracking", from: ["tracking"] },
    ],
  },

  minio: {
    secrets: {
      root: { rotateEveryDays: quarterly, keys: { rootUser: literal("minio-admin"), rootPassword: password() } },
      // MinIO takes access keys of 3 to 20 characters and secret keys of 8 to 40.
      credentials: {
        keys: {
          accesskey: password({ length: 20, classes: ["upper", "digits"], identifies: true }),
          secretkey: password({ length: 40 }),
        },
      },
    },
    deliveries: [
      { namespace: "minio", secretName: "minio-root", from: ["root"] },
      { namespace: "private-ai-demo", secretName: "minio-credentials", from: ["credentials"] },
    ],
  },

  argocd: {
    secrets: {
      admin: {
        rotateEveryDays: quarterly,
        keys: {
          // People log in with it; it stays in the store and goes to no namespace.
          password: password({ length: 24 }),
          "admin.password": bcryptOf("password"),
          // Argo CD ends older sessions when this moves.
          "admin.passwordMtime": rotatedAt(),
        },
      },
    },
    deliveries: [
      {
        namespace: "argocd",
        secretName: "argocd-secret",
        // Argo CD keeps its own keys in this Secret: owning it would delete them.
        merge: true,
        from: [
          {
            secret: "admin",
            keys: { "admin.password": "admin.password", "admin.passwordMtime": "admin.passwordMtime" },
          },
        ],
      },
    ],
  },

  grafana: {
    secrets: {
      // Grafana reads it at its first start only: a rotation also needs `grafana cli admin reset-admin-password`.
      admin: { rotateEveryDays: quarterly, keys: { "admin-user": literal("admin"), "admin-password": password() } },
    },
    deliveries: [{ namespace: "grafana", secretName: "grafana-admin", from: ["admin"] }],
  },

  "model-server": {
    secrets: { "admin-token": { rotateEveryDays: quarterly, keys: { ADMIN_API_TOKEN: hexToken(32) } } },
    deliveries: [
      { namespace: "model-server", secretName: "ml-model-admin-token", from: ["admin-token"] },
      {
        namespace: "model-server",
        secretName: "ml-model-mlflow-credentials",
        from: [
          {
            secret: "mlflow/tracking",
            keys: { MLFLOW_TRACKING_USERNAME: "username", MLFLOW_TRACKING_PASSWORD: "password" },
          },
        ],
      },
    ],
  },

  huggingface: {
    secrets: { token: { keys: { HF_TOKEN: provided("huggingfaceToken") } } },
    deliveries: [{ namespace: "private-ai-demo", secretName: "huggingface-token", from: ["token"] }],
  },

  "model-registry": {
    secrets: {
      db: {
        rotateEveryDays: quarterly,
        keys: { MYSQL_ROOT_PASSWORD: password(), MYSQL_USER_NAME: literal("mlmduser") },
      },
    },
    deliveries: [{ namespace: "rhoai-model-registries", secretName: "registry-db-secrets", from: ["db"] }],
  },

  deparrow: {
    secrets: {
      app: {
        keys: {
          DEPARROW_JWT_SECRET: hexToken(64),
          DEPARROW_SECRET_KEY: hexToken(32),
          GRAFANA_ADMIN_USER: literal("admin"),
          GRAFANA_ADMIN_PASSWORD: password(),
          ANTHROPIC_API_KEY: providedOptionally("anthropicApiKey"),
          OPENAI_API_KEY: providedOptionally("openaiApiKey"),
        },
      },
      postgres: {
        rotateEveryDays: quarterly,
        keys: {
          POSTGRES_USER: literal("deparrow"),
          POSTGRES_PASSWORD: password(),
          POSTGRES_DB: literal("deparrow"),
          POSTGRES_REPLICATION_PASSWORD: { when: "high-availability", recipe: password() },
        },
      },
      redis: { rotateEveryDays: quarterly, keys: { REDIS_PASSWORD: password() } },
    },
    deliveries: [
      {
        namespace: "deparrow",
        secretName: "deparrow-secrets",
        from: [
          "app",
          {
            secret: "postgres",
            keys: {
              POSTGRES_PASSWORD: "POSTGRES_PASSWORD",
              POSTGRES_REPLICATION_PASSWORD: "POSTGRES_REPLICATION_PASSWORD",
            },
          },
          "redis",
        ],
      },
      {
        namespace: "deparrow",
        secretName: "postgres-credentials",
        from: [
          {
            secret: "postgres",
            keys: {
              POSTGRES_USER: "POSTGRES_USER",
              POSTGRES_PASSWORD: "POSTGRES_PASSWORD",
              POSTGRES_DB: "POSTGRES_DB",
            },
          },
        ],
      },
      { namespace: "deparrow", secretName: "redis-credentials", from: ["redis"] },
    ],
  },
};
