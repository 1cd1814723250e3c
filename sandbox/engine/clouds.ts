import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { CloudAccess } from "../fakes/environment.ts";
import { proxyEnvironment } from "../fakes/environment.ts";

/**
 * Lets this process reach the fake clouds: the program runs in it, and asks a Key Vault itself where Pulumi's provider
 * can't. Node.js reads these variables when it starts; the SDKs read the proxy's whenever they open a connection, so
 * only the authority has to be added by hand. Everything that is started from here on inherits them.
 */
export function reachClouds(access: CloudAccess): void {
  Object.assign(process.env, proxyEnvironment(access));
  const authority = readFileSync(access.certificate, "utf8");
  const known = getCACertificates("default");
  if (!known.includes(authority)) setDefaultCACertificates([...known, authority]);
}
