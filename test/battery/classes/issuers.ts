import { accepted, at, refused, type CaseClass, type Input, type Tree } from "../case.ts";

const flavours: Readonly<Record<string, Tree>> = {
  kubeconfig: { flavour: "kubeconfig" },
  eks: { flavour: "eks", clusterName: "main" },
  aks: { flavour: "aks" },
  openshift: { flavour: "openshift" },
};

const withIssuer = (flavour: string, issuer: unknown) => (input: Input) => {
  at(input.facts, "clusters")["main"] = { ...flavours[flavour], issuer, externalSecrets: { version: "2.9.0" } };
};

const cases = (issuers: readonly unknown[]) =>
  Object.fromEntries(
    Object.keys(flavours).flatMap((flavour) =>
      issuers.map((issuer) => [
        `${flavour} ${String(JSON.stringify(issuer) ?? "none").slice(0, 60)}`,
        withIssuer(flavour, issuer),
      ]),
    ),
  );

/** Issuers of clusters' tokens, which clouds compare character by character and policies name. */
export const issuers: CaseClass = {
  title: "issuers of clusters",
  cases: [
    ...refused(
      cases([
        "",
        "issuer.example",
        "http://issuer.example/main",
        "https://",
        "https:///main",
        "https://*.example.com",
        "https://issuer.example/*",
        "https://issuer.example/id?x=1",
        "https://issuer.example/id?",
        "https://issuer.example/id#x",
        "https://user:pass@issuer.example/id",
        "https://issuer.example/a b",
        " https://issuer.example/id",
        "https://issuer.example/id\n",
        "https://issuer.example:99999/id",
        "ftp://issuer.example/id",
        "file:///etc/passwd",
        7,
        true,
        {},
        [],
      ]),
    ),
    ...accepted(
      cases([
        "https://issuer.example",
        "https://issuer.example/",
        "https://issuer.example/id/",
        "https://issuer.example:8443/id",
        "https://10.0.0.1:6443",
        "https://kubernetes.default.svc",
        "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
      ]),
    ),
    ...refused({
      "no issuer where stores need one": ({ facts }) => Reflect.deleteProperty(at(facts, "clusters", "main"), "issuer"),
    }),
  ],
};
