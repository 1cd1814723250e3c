import { Agent } from "node:https";
import type { EKSClient } from "@aws-sdk/client-eks";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";
import type { AwsConfig } from "./config.ts";

/**
 * The SDK's clients, one for each service and region, loaded when first asked for: a stack of parameters does not pay for IAM.
 * The proxy of the environment is honoured, as the official plugin's Go does by itself.
 */
export class Clients {
  readonly #config: AwsConfig;
  readonly #agent: Agent;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(config: AwsConfig) {
    this.#config = config;
    // Known to Node.js from 22.21 on; its types do not say it yet.
    const options = { keepAlive: true, maxSockets: 50, proxyEnv: process.env };
    this.#agent = new Agent(options);
  }

  ssm(region: string): Promise<SSMClient> {
    return this.#once(`ssm ${region}`, async () => {
      const { SSMClient } = await import("@aws-sdk/client-ssm");
      return new SSMClient(this.#options(region));
    });
  }

  secretsManager(region: string): Promise<SecretsManagerClient> {
    return this.#once(`secretsmanager ${region}`, async () => {
      const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
      return new SecretsManagerClient(this.#options(region));
    });
  }

  eks(region: string): Promise<EKSClient> {
    return this.#once(`eks ${region}`, async () => {
      const { EKSClient } = await import("@aws-sdk/client-eks");
      return new EKSClient(this.#options(region));
    });
  }

  /** IAM is one for all regions. */
  iam(): Promise<IAMClient> {
    return this.#once("iam", async () => {
      const { IAMClient } = await import("@aws-sdk/client-iam");
      return new IAMClient(this.#options(this.#config.region));
    });
  }

  sts(): Promise<STSClient> {
    return this.#once("sts", async () => {
      const { STSClient } = await import("@aws-sdk/client-sts");
      return new STSClient(this.#options(this.#config.region));
    });
  }

  #options(region: string) {
    const { credentials, maxRetries } = this.#config;
    return {
      region,
      maxAttempts: maxRetries + 1,
      requestHandler: { httpsAgent: this.#agent },
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  #once<Client>(key: string, make: () => Promise<Client>): Promise<Client> {
    const known = this.#made.get(key) as Promise<Client> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    return made;
  }
}
