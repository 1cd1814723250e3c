import type { AuthType } from "./auth-types.ts";
import type { AccountLogin, StaticLogin } from "../identity.ts";

/** How a reader logs in to Vault: by an auth method that takes a token of its service account. */
export type VaultLogin =
  | (AccountLogin & {
      /** The method's type, which decides how the token is verified. Default: `kubernetes`. */
      readonly type?: AuthType;
      readonly role: string;
      /** Where the auth method is mounted. */
      readonly mountPath: string;
      /** Audience that the account's token must name. */
      readonly audience: string;
    })
  | StaticLogin;

/** Keys of static credentials, and the configuration keys that they come from. */
export const vaultCredentials = { token: "vaultReaderToken" } as const;
