import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { type PropertyMap, textOf } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import type { AwsContext, AwsResource } from "../resource.ts";
import { tagChanges } from "../tags.ts";

/**
 * Which role a service account of an EKS cluster has (hashicorp/terraform-provider-aws,
 * internal/service/eks/pod_identity_association.go); its id is the association's. An import takes `<cluster>,<association>`.
 */
export const podIdentityAssociation: AwsResource = {
  fields: {
    clusterName: { forceNew: true },
    namespace: { forceNew: true },
    serviceAccount: { forceNew: true },
    roleArn: {},
  },
  required: ["clusterName", "namespace", "roleArn", "serviceAccount"],
  computed: ["associationArn", "associationId", "externalId"],
  secretOutputs: [],
  unsupported: ["disableSessionTags", "policy", "targetRoleArn"],
  regional: true,
  taggable: true,
  create: async ({ clients, region, signal }, inputs, tags) => {
    const eks = await clients.eks(region);
    const command = new CreatePodIdentityAssociationCommand({
      clusterName: textOf(inputs["clusterName"]),
      namespace: textOf(inputs["namespace"]),
      serviceAccount: textOf(inputs["serviceAccount"]),
      roleArn: textOf(inputs["roleArn"]),
      tags: { ...tags },
    });
    return await doing("creating EKS Pod Identity Association", async () => {
      const call = eks.send(command, { abortSignal: signal });
      return (await said("EKS", "CreatePodIdentityAssociation", call)).association?.associationId ?? "";
    });
  },
  update: async (context, id, { inputs, of }) => {
    if (!of("roleArn")) return;
    const eks = await context.clients.eks(context.region);
    const which = { clusterName: textOf(inputs["clusterName"]), associationId: id };
    const command = new UpdatePodIdentityAssociationCommand({ ...which, roleArn: textOf(inputs["roleArn"]) });
    await doing(`updating EKS Pod Identity Association (${id})`, () =>
      said("EKS", "UpdatePodIdentityAssociation", eks.send(command, { abortSignal: context.signal })),
    );
  },
  read: async (context, id, known) => {
    const [cluster, associationId] = id.includes(",") ? id.split(",", 2) : [textOf(known["clusterName"]), id];
    const association = await describe(context, cluster ?? "", associationId ?? "");
    if (association === undefined) return undefined;
    const properties: PropertyMap = {
      ...{ id: association.associationId, associationId: association.associationId },
      ...{ associationArn: association.associationArn, clusterName: association.clusterName },
      ...{ namespace: association.namespace, serviceAccount: association.serviceAccount },
      ...{ roleArn: association.roleArn, externalId: association.externalId ?? "" },
    };
    return { properties, tags: association.tags ?? {} };
  },
  retag: async ({ clients, region, signal }, _id, { from, to, state }) => {
    const eks = await clients.eks(region);
    const { set, remove } = tagChanges(from, to);
    const resourceArn = textOf(state["associationArn"]);
    if (remove.length > 0) {
      const command = new UntagResourceCommand({ resourceArn, tagKeys: [...remove] });
      await said("EKS", "UntagResource", eks.send(command, { abortSignal: signal }));
    }
    if (Object.keys(set).length === 0) return;
    const command = new TagResourceCommand({ resourceArn, tags: { ...set } });
    await said("EKS", "TagResource", eks.send(command, { abortSignal: signal }));
  },
  remove: async ({ clients, region, signal }, id, state) => {
    const eks = await clients.eks(region);
    const which = { clusterName: textOf(state["clusterName"]), associationId: id };
    const command = new DeletePodIdentityAssociationCommand(which);
    await doing(`deleting EKS Pod Identity Association (${id})`, () =>
      unless(["ResourceNotFoundException"], () =>
        said("EKS", "DeletePodIdentityAssociation", eks.send(command, { abortSignal: signal })),
      ),
    );
  },
};

async function describe({ clients, region, signal }: AwsContext, clusterName: string, associationId: string) {
  const eks = await clients.eks(region);
  const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
  return await doing(`reading EKS Pod Identity Association (${associationId})`, async () => {
    const found = await unless(["ResourceNotFoundException"], () =>
      said("EKS", "DescribePodIdentityAssociation", eks.send(command, { abortSignal: signal })),
    );
    return found?.association;
  });
}
