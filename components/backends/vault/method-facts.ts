import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { httpsUrl, pem } from "../../support/facts.ts";
import { authTypeOf, type AuthType, type SecretIdReference, type VaultAuthMethod } from "./auth-types.ts";

/** A public key, or a certificate that holds one. A private key holds one too, and must be nowhere in the facts. */
const publicKey = z.string().refine(isPublicKey, {
  error: "must be a public key in PEM (-----BEGIN PUBLIC KEY-----): docs/stores/vault-kv.md#keys-of-a-cluster",
});

function isPublicKey(text: string): boolean {
  if (!/^-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----\r?\n/.test(text)) return false;
  try {
    return createPublicKey(text).type === "public";
  } catch {
    return false;
  }
}

/**
 * An auth method that is made here: how Vault asks the cluster about tokens, and as whom; or the keys that the cluster
 * signs them with, or where it publishes those. Which of them there are follows from how readers log in.
 */
export const authMethod = z.strictObject({
  host: httpsUrl.optional(),
  caCert: pem.optional(),
  reviewer: z.enum(["token", "vault-pod"]).optional(),
  keys: z.array(publicKey).min(1, "must hold at least one key").optional(),
  discoveryUrl: httpsUrl.optional(),
  issuer: httpsUrl.optional(),
});
type MethodFacts = z.output<typeof authMethod>;

/** Types of methods that are made here. */
type MadeType = Exclude<AuthType, "approle">;

/** Facts that only one type of login has. */
const ownFacts: { readonly [T in MadeType]: readonly (keyof MethodFacts)[] } = {
  kubernetes: ["host", "reviewer"],
  jwt: ["keys", "discoveryUrl", "issuer"],
};

interface Auth {
  readonly type?: AuthType | undefined;
  readonly types: Readonly<Record<string, AuthType>>;
  readonly methods: Readonly<Record<string, MethodFacts>>;
}

/** What methods lack for how readers log in, and what they have of another login. */
export function checkMethods({ type = "kubernetes", types, methods }: Auth, context: z.RefinementCtx<unknown>): void {
  for (const [cluster, method] of Object.entries(methods)) {
    const login = authTypeOf({ type, types }, cluster);
    const issue = (fact: keyof MethodFacts, message: string) => {
      context.addIssue({ code: "custom", path: ["methods", cluster, fact], message });
    };
    if (login === "approle") {
      const message = "must be left out: an auth method for AppRole is not made here (vault auth enable approle)";
      context.addIssue({ code: "custom", path: ["methods", cluster], message });
      continue;
    }
    const other = login === "jwt" ? "kubernetes" : "jwt";
    for (const fact of ownFacts[other].filter((each) => method[each] !== undefined)) {
      issue(
        fact,
        `must be left out: it belongs to a login of type ${other}, and this cluster's is ${login} (auth.type, auth.types)`,
      );
    }
    if (login === "kubernetes" && method.host === undefined) {
      issue("host", "is missing: must be the https URL of the cluster's API, as Vault reaches it");
    }
    if (login !== "jwt") continue;
    if (method.keys === undefined && method.discoveryUrl === undefined) {
      issue(
        "keys",
        "is missing: must hold the public keys that the cluster signs tokens with, unless discoveryUrl says where Vault finds them",
      );
    }
    if (method.keys !== undefined && method.discoveryUrl !== undefined) {
      issue("discoveryUrl", "must be left out: the keys are given");
    }
    if (method.keys !== undefined && method.caCert !== undefined) {
      issue("caCert", "must be left out: with keys Vault calls nobody");
    }
  }
}

/** The secret id is there exactly where readers log in with it. */
export function checkSecretId(
  { type, types, secretId }: Pick<Auth, "type" | "types"> & { readonly secretId?: SecretIdReference | undefined },
  context: z.RefinementCtx<unknown>,
): void {
  const asked = [type, ...Object.values(types)].includes("approle");
  if (asked === (secretId !== undefined)) return;
  context.addIssue({
    code: "custom",
    path: ["secretId"],
    message: asked
      ? "is missing: must name the Secret with the secret id that readers log in with (docs/stores/vault-kv.md#approle)"
      : "must be left out: no cluster logs in by approle (auth.type, auth.types)",
  });
}

/** The methods as the spec has them. */
export function methodsOf({ type, types, methods }: Auth): Readonly<Record<string, VaultAuthMethod>> {
  return Object.fromEntries(
    Object.entries(methods).map(([cluster, method]) => [
      cluster,
      authTypeOf({ ...(type === undefined ? {} : { type }), types }, cluster) === "jwt"
        ? jwtMethod(method)
        : kubernetesMethod(method),
    ]),
  );
}

function kubernetesMethod({ host = "", caCert, reviewer }: MethodFacts): VaultAuthMethod {
  return {
    host,
    ...(caCert === undefined ? {} : { caCert }),
    ...(reviewer === "vault-pod" ? { reviewer } : {}),
  };
}

function jwtMethod({ keys, discoveryUrl, caCert, issuer }: MethodFacts): VaultAuthMethod {
  return {
    type: "jwt",
    // As Vault answers, which trims the items of a list: a line break at the end would be a change in each run.
    ...(keys === undefined ? {} : { keys: keys.map((key) => key.trim()) }),
    ...(discoveryUrl === undefined ? {} : { discoveryUrl }),
    ...(caCert === undefined ? {} : { caCert }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}
