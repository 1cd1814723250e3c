import type { AccountLogin, StaticLogin } from "../identity.ts";

/** How a reader logs in to Vault: by the Kubernetes auth method, with a token of its service account. */
export type VaultLogin =
  | (AccountLogin & {
      readonly role: string;
      /** Where the auth method is mounted. */
      readonly mountPath: string;
      /** Audience that the account's token must name. */
      readonly audience: string;
    })
  | StaticLogin;

/** Keys of static credentials, and the configuration keys that they come from. */
export const vaultCredentials = { token: "vaultReaderToken" } as const;
