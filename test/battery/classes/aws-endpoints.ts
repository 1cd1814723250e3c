import { accepted, at, canary, refused, type CaseClass, type Input, type Tree } from "../case.ts";

/** Changes facts of a store on AWS. */
const store =
  (name: "parameters" | "secrets", changes: Tree) =>
  ({ facts }: Input) =>
    void Object.assign(at(facts, "stores", name), changes);
const both = (changes: Tree) => (input: Input) => {
  store("parameters", changes)(input);
  store("secrets", changes)(input);
};
const sts = "https://vpce-1.sts.eu-central-1.vpce.amazonaws.com";

/** Where the services of AWS are reached. */
export const awsEndpoints: CaseClass = {
  title: "endpoints of AWS",
  cases: [
    ...refused({
      "an endpoint without TLS": store("parameters", { endpoints: { ssm: "http://ssm.example" } }),
      "an endpoint without a scheme": store("parameters", { endpoints: { ssm: "ssm.example" } }),
      "an endpoint with a password": store("parameters", { endpoints: { ssm: `https://user:${canary}@ssm.example` } }),
      "an endpoint of another service": store("parameters", { endpoints: { secretsmanager: sts } }),
      "an endpoint of a service that nobody calls": store("secrets", { endpoints: { s3: sts } }),
      "an endpoint as a text": store("secrets", { endpoints: sts }),
      "an operator's endpoint of IAM": store("secrets", { clusterEndpoints: { iam: sts } }),
      "an operator's endpoint of one store of two": store("secrets", { clusterEndpoints: { sts } }),
      "validated cryptography in Europe": both({ fips: true }),
      "validated cryptography of one store of two": ({ facts }) => {
        Object.assign(at(facts, "stores", "parameters"), { region: "us-east-1", fips: true });
        Object.assign(at(facts, "stores", "secrets"), { region: "us-east-1" });
      },
      "validated cryptography as a text": store("secrets", { fips: "yes" }),
    }),
    ...accepted({
      "endpoints of this program": both({ endpoints: { sts } }),
      "endpoints of the operator": both({ clusterEndpoints: { sts } }),
      "no endpoints at all": both({ endpoints: {}, clusterEndpoints: {} }),
      "validated cryptography": both({ region: "us-gov-west-1", fips: true }),
    }),
  ],
};
