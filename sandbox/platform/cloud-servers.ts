import path from "node:path";
import { repositoryRoot } from "../layout.ts";
import { kubernetesServer } from "./addresses.ts";
import type { CloudServerName } from "./cloud-server-names.ts";
import { isHealthy } from "./health.ts";
import type { InstalledMoto } from "./moto.ts";
import type { ServerContext, ServerDefinition } from "./servers.ts";

/** How they are started. */
export function cloudServerDefinitions(
  context: ServerContext,
  moto: InstalledMoto,
): Readonly<Record<CloudServerName, ServerDefinition>> {
  return { moto: motoServer(context, moto), clouds: cloudsServer(context) };
}

function motoServer({ layout, pki, ports }: ServerContext, { python }: InstalledMoto): ServerDefinition {
  return {
    name: "moto",
    program: python,
    // Python passes -X options that it does not know on to nobody; this one tells whose process it is.
    args: ["-X", `sandbox=${layout.root}`, "-m", "moto.server", "-H", "127.0.0.1", "-p", String(ports.moto)],
    ports: ["moto"],
    isReady: () => isHealthy("moto", ports, pki.caPem),
  };
}

function cloudsServer({ layout, pki, ports }: ServerContext): ServerDefinition {
  return {
    name: "clouds",
    program: process.execPath,
    args: [
      "--no-warnings",
      path.join(repositoryRoot, "sandbox", "fakes", "main.ts"),
      `--root=${layout.root}`,
      `--gateway-port=${ports.gateway}`,
      `--health-port=${ports.cloudsHealth}`,
      `--moto-port=${ports.moto}`,
      `--issuer=${kubernetesServer(ports)}`,
      `--public-key=${pki.serviceAccountPublicKey}`,
    ],
    ports: ["gateway", "cloudsHealth"],
    isReady: () => isHealthy("clouds", ports, pki.caPem),
  };
}
