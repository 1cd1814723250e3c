import { loginReference, type LoginPlace, type StoreProvider } from "../../external-secrets/manifests.ts";
import { unreachable } from "../../support/messages/errors.ts";
import type { AwsLogin, AwsStoreSpec, TakenRole } from "./identity-rules.ts";

type Aws = NonNullable<StoreProvider["aws"]>;

/** Parameter Store or Secrets Manager, for the External Secrets Operator. */
export function awsProvider(
  { kind, region }: Pick<AwsStoreSpec, "kind" | "region">,
  login: AwsLogin,
  place?: LoginPlace,
): StoreProvider {
  return { aws: { service: services[kind], region, ...authentication(login, place) } };
}

function authentication(
  login: AwsLogin,
  place: LoginPlace | undefined,
): Pick<Aws, "auth" | "role" | "externalID" | "sessionTags"> {
  switch (login.kind) {
    case "service-account":
      return {
        auth: { jwt: { serviceAccountRef: loginReference({ name: login.serviceAccount }, place) } },
        ...takingOn(login.takesOn),
      };
    case "operator":
      // Without an account: the operator would refuse the store.
      return { role: login.roleArn };
    case "static": {
      const reference = (key: string) => loginReference({ name: login.secretName, key }, place);
      return {
        auth: {
          secretRef: {
            accessKeyIDSecretRef: reference("accessKeyId"),
            secretAccessKeySecretRef: reference("secretAccessKey"),
          },
        },
      };
    }
    default:
      return unreachable(login);
  }
}

function takingOn(role: TakenRole | undefined): Pick<Aws, "role" | "externalID" | "sessionTags"> {
  if (role === undefined) return {};
  const { roleArn, externalId, sessionTags = {} } = role;
  const tags = Object.entries(sessionTags).map(([key, value]) => ({ key, value }));
  return {
    role: roleArn,
    ...(externalId === undefined ? {} : { externalID: externalId }),
    ...(tags.length === 0 ? {} : { sessionTags: tags }),
  };
}

const services = { "aws-parameter-store": "ParameterStore", "aws-secrets-manager": "SecretsManager" } as const;
