/** Configuration key of the deployer's Vault token. Without it the provider reads `VAULT_TOKEN`. */
export const tokenKey = "vaultToken";
