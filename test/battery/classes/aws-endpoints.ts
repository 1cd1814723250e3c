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

const loginAt = (changes: Tree = {}) =>
  store("parameters", { loginAccount: { accountId: "444455556666", ...changes } });

/** Accounts that readers log in to before they take on a role in that of the store. */
export const awsChains: CaseClass = {
  title: "chains of roles in AWS",
  cases: [
    ...refused({
      "a login account without its number": store("parameters", { loginAccount: { profile: "clusters" } }),
      "the store's own account": loginAt({ accountId: "123456789012" }),
      "a profile with a space": loginAt({ profile: "my clusters" }),
      "a role that is a name": loginAt({ deployerRole: "deployer" }),
      "a role of another kind": loginAt({ deployerRole: "arn:aws:iam::444455556666:user/deployer" }),
      "an external id with a space": loginAt({ externalId: "acme test" }),
      "an external id of one character": loginAt({ externalId: "a" }),
      "an external id that is a number": loginAt({ externalId: 12 }),
      "session tags that are a list": loginAt({ sessionTags: ["team"] }),
      "too many session tags": loginAt({
        sessionTags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, "a"])),
      }),
      "a boundary of the store's account": loginAt({
        roles: { permissionsBoundary: "arn:aws:iam::123456789012:policy/bound" },
      }),
      "an access key": loginAt({ accessKeyId: canary }),
    }),
    ...accepted({
      "a login account": loginAt(),
      "a login account with all that there is": loginAt({
        profile: "clusters",
        deployerRole: "arn:aws:iam::444455556666:role/deployer",
        externalId: "acme-test",
        sessionTags: { team: "ml" },
        roles: { path: "/platform/", permissionsBoundary: "arn:aws:iam::444455556666:policy/bound" },
      }),
    }),
  ],
};

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
