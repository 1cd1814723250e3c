import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { jsonObject } from "../../support/json-object.ts";

/**
 * Throws what Key Vault says of a refusal (403). The client does so itself for a single secret; where it lists, it keeps
 * the status alone (`static-helpers/pagingHelpers.js` of @azure/keyvault-secrets), which does not tell a missing role from a
 * firewall.
 */
export async function refusalPolicy(): Promise<PipelinePolicy> {
  const { RestError } = await import("@azure/core-rest-pipeline");
  return {
    name: "refusal",
    async sendRequest(request, next) {
      const response = await next(request);
      if (response.status !== 403) return response;
      const { message, code, innererror } = errorIn(response.bodyAsText ?? "");
      const error = new RestError(message ?? "Key Vault refuses the request (403)", {
        ...(code === undefined ? {} : { code }),
        statusCode: response.status,
        request,
        response,
      });
      error.details = { error: { innerError: innererror } };
      throw error;
    },
  };
}

interface KeyVaultError {
  readonly message?: string;
  readonly code?: string;
  readonly innererror?: { readonly code?: string };
}

/** https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses#error-response */
function errorIn(body: string): KeyVaultError {
  return (jsonObject(body) as { readonly error?: KeyVaultError }).error ?? {};
}
