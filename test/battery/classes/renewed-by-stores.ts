import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";

const lambdaArn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate";
const days = { lambdaArn, automaticallyAfterDays: 30 };

/** Secrets that a store issues or rotates by itself. */
export const renewedByStores: CaseClass = {
  title: "secrets that a store renews",
  cases: [
    ...refused({
      "credentials of no role": issued({}),
      "credentials of two kinds of role": issued({ role: "shop", staticRole: "shop" }),
      "a role with a wildcard": issued({ role: "*" }),
      "a role that is a path": issued({ role: "../admin" }),
      "a role that is a value": issued({ role: `${canary}!` }),
      "an engine in a mount of Vault's own": issued({ role: "shop", mount: "sys" }),
      "a field that no engine issues": issued({ role: "shop", keys: { password: "connection_url" } }),
      "credentials as a text": issued("shop"),
      "a rotation of what this program writes": rotated(days),
      "a rotation without a schedule": rotated({ lambdaArn }),
      "a rotation by days and by a schedule": rotated({ ...days, scheduleExpression: "rate(10 days)" }),
      "a rotation by what is no function": rotated({ ...days, lambdaArn: canary }),
      "a rotation every 1001 days": rotated({ lambdaArn, automaticallyAfterDays: 1001 }),
      "a rotation in a window of a minute": rotated({ ...days, duration: "1m" }),
    }),
    ...accepted({
      "no credentials at all": ({ facts }) => void (at(facts, "stores", "vault")["databaseCredentials"] = {}),
      "no rotation at all": ({ facts }) => void (at(facts, "stores", "secrets")["nativeRotation"] = {}),
    }),
  ],
};

function issued(credentials: unknown) {
  return ({ facts }: Input): void => {
    at(facts, "stores", "vault")["databaseCredentials"] = { "shop/db": credentials };
  };
}

function rotated(rotation: unknown) {
  return ({ facts }: Input): void => {
    at(facts, "stores", "secrets")["nativeRotation"] = { "shop/db": rotation };
  };
}
