import type { Examples } from "../example.ts";
import { withFiles } from "./files.ts";

export const envTemplate: Examples = {
  template: withFiles("npx secrets env-template mlflow/mlflow-db-secret --stack dev"),
  written: withFiles("npx secrets env-template mlflow --stack dev --out env.template"),
  differs: withFiles("npx secrets env-template mlflow --stack dev --out env.template --check", {
    "env.template": "# Written by: npx secrets env-template mlflow --stack dev\npasswd=\n",
  }),
  lacks: withFiles("npx secrets env-template mlflow --stack dev --env .env", { ".env": "password=own\nuri=\n" }),
  json: withFiles("npx secrets env-template mlflow/mlflow-db-secret --stack dev --json"),
  refused: withFiles("npx secrets env-template mlflw --stack dev"),
};
