/**
 * The process `clouds`: fakes of AWS, Azure and Google Cloud behind one gateway, for the platform's own cluster.
 * Everything listens on 127.0.0.1 only.
 */
import type { Server } from "node:http";
import path from "node:path";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { layoutOf } from "../layout.ts";
import { messageOf } from "../support/errors.ts";
import { startAdmin } from "./admin.ts";
import { awsRoutes } from "./aws/routes.ts";
import { azureRoutes } from "./azure/index.ts";
import { gcpRoutes } from "./gcp/index.ts";
import { GCP_SANDBOX } from "./gcp/sandbox.ts";
import { ensureCloudAuthority } from "./support/authority.ts";
import { startGateway } from "./support/gateway.ts";
import { serviceAccountVerifier } from "./support/tokens.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      root: { type: "string", default: "" },
      "gateway-port": { type: "string", default: "" },
      "health-port": { type: "string", default: "" },
      "moto-port": { type: "string", default: "" },
      issuer: { type: "string", default: "" },
      "public-key": { type: "string", default: "" },
    },
  });
  const { issuer } = values;
  const { clouds } = layoutOf(values.root);
  const publicKeyPem = await readFile(values["public-key"], "utf8");
  const verify = serviceAccountVerifier({ publicKeyPem, issuer });
  const ca = await ensureCloudAuthority(clouds);
  const aws = await awsRoutes({
    motoPort: Number(values["moto-port"]),
    folder: path.join(clouds, "aws"),
    issuer,
    verify,
  });
  const azure = await azureRoutes({ folder: path.join(clouds, "azure"), verify });
  const gcp = await gcpRoutes({
    folder: path.join(clouds, "gcp"),
    projects: [GCP_SANDBOX.project],
    deployerToken: GCP_SANDBOX.deployerToken,
    clusters: [{ ...GCP_SANDBOX.cluster, issuer, publicKeyPem }],
    providers: [{ name: GCP_SANDBOX.provider, issuer, publicKeyPem }],
  });
  const routes = [...aws.routes, ...azure.routes, ...gcp.routes];
  const gateway = await startGateway({ port: Number(values["gateway-port"]), ca, routes });
  const admin = await startAdmin({
    port: Number(values["health-port"]),
    gateway,
    isReady: aws.isReady,
    podIdentityAgent: aws.podIdentityAgent,
    putFunction: aws.putFunction,
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      // The doors first: what is still being answered must reach the state that is saved.
      void Promise.allSettled([closed(admin), gateway.close()])
        .then(() => Promise.allSettled([aws.close(), azure.close(), gcp.close()]))
        .then(() => process.exit(0));
    });
  }
  process.stdout.write(`the gateway listens on 127.0.0.1:${gateway.port}\n`);
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
}
