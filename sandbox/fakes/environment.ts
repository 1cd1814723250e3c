import { DEPLOYER as AWS_DEPLOYER, REGION as AWS_REGION } from "./aws/account.ts";
import { AZURE_SANDBOX } from "./azure/directory.ts";
import { GCP_SANDBOX } from "./gcp/sandbox.ts";

/** Never through the gateway: the cluster, Vault and everything else of the platform itself. */
const DIRECT = "127.0.0.1,localhost";

/** How a process reaches the fake clouds. */
export interface CloudAccess {
  /** The proxy, `http://127.0.0.1:<port>`. */
  readonly gateway: string;
  /** Health, counters, faults and the EKS Pod Identity agent, `http://127.0.0.1:<port>`. */
  readonly health: string;
  /** File with the certificate of the authority that the gateway's certificates come from. */
  readonly certificate: string;
}

/**
 * Variables with which a program reaches the fake clouds under their real host names, and nothing else: Go programs read the first
 * three, Node.js the last two as well. Both spellings of the proxy: Go and Node.js read either, gRPC for Node.js the small one.
 */
export function proxyEnvironment({ gateway, certificate }: CloudAccess): Record<string, string> {
  return {
    HTTPS_PROXY: gateway,
    https_proxy: gateway,
    NO_PROXY: DIRECT,
    no_proxy: DIRECT,
    SSL_CERT_FILE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    NODE_USE_ENV_PROXY: "1",
  };
}

/** What {@link proxyEnvironment} says, and the deployer's credentials for each cloud. Empty where the clouds do not run. */
export function cloudEnvironment({ clouds }: { readonly clouds?: CloudAccess }): Record<string, string> {
  if (clouds === undefined) return {};
  return {
    ...proxyEnvironment(clouds),
    AWS_ACCESS_KEY_ID: AWS_DEPLOYER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_DEPLOYER.secretAccessKey,
    AWS_REGION,
    // No question to an address that only a virtual machine has.
    AWS_EC2_METADATA_DISABLED: "true",
    ARM_CLIENT_ID: AZURE_SANDBOX.deployer.clientId,
    ARM_CLIENT_SECRET: AZURE_SANDBOX.deployer.clientSecret,
    ARM_TENANT_ID: AZURE_SANDBOX.tenantId,
    ARM_SUBSCRIPTION_ID: AZURE_SANDBOX.subscriptionId,
    GOOGLE_OAUTH_ACCESS_TOKEN: GCP_SANDBOX.deployerToken,
    GOOGLE_PROJECT: GCP_SANDBOX.project.id,
  };
}

/**
 * What the operator's process gets beside: as on EKS, where the agent on the node answers for the pod. `tokenFile` holds the token
 * that EKS would mount.
 */
export function operatorEnvironment(access: CloudAccess, tokenFile: string): Record<string, string> {
  return {
    ...proxyEnvironment(access),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${access.health}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
