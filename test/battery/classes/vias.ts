import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { ecCertificate, rsaCertificate } from "../../components/sealed-secrets/certificates.ts";
import { each } from "../catalogue-changes.ts";

/** What facts say of the Secrets of the namespace `shop`. */
const ofShop = (secrets: unknown) => (input: Input) =>
  void (at(input.facts, "namespaces", "shop")["secrets"] = secrets);

/** What facts say of sealing, where all Secrets of the namespace `shop` are sealed. */
const sealing = (sealedSecrets: unknown) => (input: Input) => {
  at(input.facts, "namespaces", "shop")["via"] = "sealed-secret";
  at(input.facts, "clusters", "main")["sealedSecrets"] = sealedSecrets;
};

const handingOver = (tool: unknown) => (input: Input) =>
  void (at(input.facts, "namespaces", "shop")["handOverTo"] = tool);

/** How single Secrets get into their namespace. */
export const vias: CaseClass = {
  title: "ways for single Secrets",
  cases: [
    ...refused({
      "a Secret that nobody delivers": ofShop({ "shop-bd": { via: "plain" } }),
      "a Secret of another namespace": ofShop({ "till/shop-db": { via: "plain" } }),
      "a name that every object has": ofShop({ constructor: { via: "plain" } }),
      ...each({ "a text": "plain", "a list": ["shop-db"], nothing: null, "a number": 7 }, ofShop),
      ...each({ "a misspelt way": "plian", "a list of ways": ["plain"], "no way": null, "a value": canary }, (via) =>
        ofShop({ "shop-db": { via } }),
      ),
      ...each({ "a misspelt tool": "gitop", "a flag": true, "another way": "plain" }, (tool) => handingOver(tool)),
      ...each(
        {
          "another name with capital letters": "Shop",
          "a list of other names": ["a"],
          "a number as another name": 7,
          "a value as another name": `${canary}!`,
          "an empty other name": "",
        },
        (deliveredAs) => ofShop({ "shop-db": { deliveredAs } }),
      ),
      "a misspelt key": ofShop({ "shop-db": { vai: "plain" } }),
      "Secrets sealed for a cluster that has no certificate": (input) =>
        void (at(input.facts, "namespaces", "shop")["via"] = "sealed-secret"),
      ...each(
        {
          "with no certificate": {},
          "with two certificates": { certificate: rsaCertificate, fetchCertificate: true },
          "with a certificate that is none": { certificate: `-----BEGIN CERTIFICATE-----\n${canary}\n` },
          "with a certificate that is not RSA": { certificate: ecCertificate },
          "with a file that is missing": { certificateFile: "certificates/none.pem" },
          "with a file that is no text": { certificateFile: 7 },
          "with a certificate that is not to be fetched": { fetchCertificate: false },
          "for a tool that is misspelt": { fetchCertificate: true, appliedBy: "gitop" },
          "with a misspelt scope": { fetchCertificate: true, scope: "strikt" },
          "with a controller that is no name": { fetchCertificate: true, controllerName: "Sealed Secrets" },
          "with a misspelt key": { fetchCertificat: true },
          "with a file that is a folder": { certificateFile: "test" },
        },
        (facts) => sealing(facts),
      ),
      "an existing Secret that a GitOps tool would seal": (input) => {
        sealing({ fetchCertificate: true, appliedBy: "gitops" })(input);
        input.facts["existingSecrets"] = { "shop/shop-db": "merge" };
      },
      "a referenced secret that is sealed": (input) => {
        sealing({ fetchCertificate: true })(input);
        input.facts["reference"] = { "shop/db": true };
      },
    }),
    ...accepted({
      "one Secret plain": ofShop({ "shop-db": { via: "plain" } }),
      "one Secret by the operator where the environment is plain": (input) => {
        input.facts["via"] = "plain";
        ofShop({ "shop-db": { via: "external-secret" } })(input);
      },
      "a namespace that a GitOps tool delivers to": ({ facts }) =>
        void (at(facts, "namespaces", "shop")["via"] = "gitops"),
      "one Secret that a GitOps tool delivers": ofShop({ "shop-db": { via: "gitops" } }),
      "all Secrets that a GitOps tool delivers": ({ facts }) => void (facts["via"] = "gitops"),
      "a namespace that is handed over": handingOver("gitops"),
      "a Secret beside the one of its name": ofShop({ "shop-db": { deliveredAs: "shop-db-beside" } }),
      "a Secret under its own name": ofShop({ "shop-db": { deliveredAs: "shop-db" } }),
      "a Secret of which nothing is said": ofShop({ "shop-db": {} }),
      "Secrets sealed with a certificate of the facts": sealing({
        certificate: rsaCertificate,
        scope: "namespace-wide",
      }),
      "Secrets sealed with a certificate that is fetched": sealing({
        fetchCertificate: true,
        controllerNamespace: "sealed-secrets",
        controllerName: "sealed-secrets",
      }),
      "Secrets sealed for a GitOps tool": sealing({ fetchCertificate: true, appliedBy: "gitops" }),
      "one Secret sealed beside those of a store": (input) => {
        ofShop({ "shop-db": { via: "sealed-secret" } })(input);
        at(input.facts, "clusters", "main")["sealedSecrets"] = { fetchCertificate: true };
      },
    }),
  ],
};
