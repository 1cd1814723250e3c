import { z } from "zod";
import { namespaceName } from "../support/facts.ts";
import { dnsLabelRule, ruledText } from "../support/messages/text-rules.ts";
import { isCertificate, readCertificate } from "./certificate.ts";
import { sealingScopes, type SealingScope } from "./seal.ts";

/** How values are sealed for a cluster. Plain data. */
export interface SealedSecretsSpec {
  readonly certificate: CertificateSource;
  readonly scope: SealingScope;
  /** Who applies SealedSecrets: this program, or a GitOps tool, from files that the state is written out to. */
  readonly appliedBy: SealedSecretsApplier;
  /** The controller's Service: for the certificate, and for commands in messages. */
  readonly controller: { readonly namespace: string; readonly name: string };
}

const appliers = ["pulumi", "gitops"] as const;
export type SealedSecretsApplier = (typeof appliers)[number];

/** Where the controller's certificate comes from. */
export type CertificateSource =
  | { readonly from: "facts"; readonly pem: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "controller" };

const certificate = z.string().refine((text) => isCertificate(readCertificate(text)), {
  error: (issue) => {
    const read = readCertificate(String(issue.input));
    return isCertificate(read) ? "can't be used" : read.problem;
  },
});

const sources = ["certificate", "certificateFile", "fetchCertificate"] as const;

/** Facts of how values are sealed for the Sealed Secrets controller of a cluster. Exactly one of them names a certificate. */
export const sealedSecrets = z
  .strictObject({
    certificate: certificate.optional(),
    certificateFile: z
      .string()
      .regex(/^(?![\s\S]*\p{C})\S(?:.{0,1022}\S)?$/u, "must be the path of a file, on one line")
      .optional(),
    fetchCertificate: z.literal(true, { error: "must be true, or be left out" }).optional(),
    scope: z.enum(sealingScopes).default("strict"),
    appliedBy: z.enum(appliers).default("pulumi"),
    controllerNamespace: namespaceName.default("kube-system"),
    controllerName: ruledText(dnsLabelRule).default("sealed-secrets-controller"),
  })
  .superRefine((facts, context) => {
    // A source that was misspelt is none that is missing.
    if (context.issues.length > 0) return;
    const named = sources.filter((source) => facts[source] !== undefined);
    const rule = `the controller's certificate must be named in exactly one of ${sources.join(", ")}`;
    if (named.length === 0) context.addIssue({ code: "custom", path: [sources[0]], message: `is missing: ${rule}` });
    if (named.length > 1) context.addIssue({ code: "custom", message: `${rule}; it has ${named.join(" and ")}` });
  });

/** The spec of sealing, from its facts. */
export function sealedSecretsSpec(facts: z.output<typeof sealedSecrets>): SealedSecretsSpec {
  const { scope, appliedBy, controllerNamespace, controllerName } = facts;
  return {
    certificate: sourceOf(facts),
    scope,
    appliedBy,
    controller: { namespace: controllerNamespace, name: controllerName },
  };
}

function sourceOf({ certificate, certificateFile }: z.output<typeof sealedSecrets>): CertificateSource {
  if (certificate !== undefined) return { from: "facts", pem: certificate };
  if (certificateFile !== undefined) return { from: "file", path: certificateFile };
  return { from: "controller" };
}
