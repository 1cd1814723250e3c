import type { ClusterSpec } from "../../clusters/contract.ts";
import { objectsIn, type CsiAccess, type FileProblem, type MountedFile } from "../../secrets-store-csi/contract.ts";
import { yamlText } from "../../secrets-store-csi/yaml.ts";
import { configPath, removeCommand, setCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { csiEndpointIssues } from "./endpoints.ts";
import type { AwsLogin, AwsStoreSpec } from "./identity-rules.ts";
import { audience } from "./policies.ts";

/** What the provider calls the services (`provider/secret_descriptor.go`, `typeMap`). */
const objectTypes = { "aws-parameter-store": "ssmparameter", "aws-secrets-manager": "secretsmanager" } as const;

/** Parameter Store and Secrets Manager, for the driver's provider for AWS. */
export const awsCsi: CsiAccess<AwsStoreSpec, AwsLogin> = {
  provider: "aws",
  audience: () => audience,
  check: (spec, cluster) => [
    ...operatorIssues(spec, cluster),
    ...csiEndpointIssues(spec, cluster),
    ...chainIssues(spec, cluster),
  ],
  problems: (_, files) => takenTwice(files),
  calls: objectsIn,
  // The account of the Pod says by its annotation which role it becomes.
  parameters: ({ kind, region }, _, { files }) => ({ region, objects: yamlText(entries(objectTypes[kind], files)) }),
};

/** One entry an object. A key of a bundle is a path of JMESPath, in quotation marks whatever characters it has. */
function entries(objectType: string, files: readonly MountedFile[]) {
  return [...Map.groupBy(files, ({ object }) => object.name)].map(([objectName, each]) => {
    const [first] = each;
    const base = { objectName, objectType };
    if (first?.object.layout !== "bundle") return { ...base, objectAlias: first?.name };
    const jmesPath = each.map(({ name, from }) => ({ path: JSON.stringify(from), objectAlias: name }));
    return { ...base, jmesPath };
  });
}

/** The provider asks for parameters by a table of their names, so that an object has one file. */
function takenTwice(files: readonly MountedFile[]): readonly FileProblem[] {
  const single = files.filter(({ object }) => object.layout !== "bundle");
  return [...Map.groupBy(single, ({ object }) => object.name)].flatMap(([name, each]): readonly FileProblem[] =>
    each.length < 2
      ? []
      : [
          {
            problem: `takes "${name}" as ${each.map((file) => file.name).join(" and ")}, and the driver's provider for AWS makes one file of an object`,
            fix: "in the catalogue, deliver the key under one name, or in two Secrets",
          },
        ],
  );
}

/** Pods become the role of their own account. Where the operator's becomes it for them, theirs becomes none. */
function operatorIssues(_: AwsStoreSpec, { name, traits }: ClusterSpec): readonly Issue[] {
  if (traits.podIdentity === undefined) return [];
  return [
    {
      path: `clusters.${name}.identity`,
      problem: "must be irsa where Secrets are delivered via csi: with pod-identity only the operator gets a role",
      fix: setCommand(["clusters", name, "identity"], "irsa"),
    },
  ];
}

/** The provider becomes the role of the account, and no other. */
function chainIssues({ name: store, loginAccount }: AwsStoreSpec, { name }: ClusterSpec): readonly Issue[] {
  if (loginAccount === undefined) return [];
  const path = ["stores", store, "loginAccount"];
  return [
    {
      path: configPath(path),
      problem: `does not reach Pods of cluster ${name}: the driver's provider for AWS becomes the role of their account, and takes on no other`,
      fix: `deliver via external-secret, or let the account of the store trust the cluster: ${removeCommand(path)}`,
    },
  ];
}
