import type { Container, PodSpec } from "../cluster-reader.ts";

/** How a Pod gets values of a Secret. */
export interface SecretUse {
  readonly secret: string;
  /** Key that is asked for by its name. Default: whatever keys there are. */
  readonly key?: string;
  /** Whether the Pod starts without it. */
  readonly optional: boolean;
  /**
   * `environment` is read when a container starts. So is a file that is mounted by `sub-path`, while one in a mounted
   * folder (`volume`) follows the Secret. `image-pull` is read by the node.
   */
  readonly by: "environment" | "sub-path" | "volume" | "image-pull";
}

/** SecretProviderClasses that a Pod mounts through the CSI driver. Pure. */
export function mountedClasses({ volumes = [] }: PodSpec = {}): readonly string[] {
  return volumes.flatMap(({ csi }) => csi?.volumeAttributes?.["secretProviderClass"] ?? []);
}

/** Every use of a Secret in a Pod. Pure. */
export function secretUses(spec: PodSpec = {}): readonly SecretUse[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return [
    ...containers.flatMap(environmentUses),
    ...volumeUses(spec, containers),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }): readonly SecretUse[] =>
      // A Pod starts without one; whether it can pull its image then is another matter.
      name === undefined ? [] : [{ secret: name, optional: true, by: "image-pull" }],
    ),
  ];
}

function environmentUses({ env = [], envFrom = [] }: Container): readonly SecretUse[] {
  const single = env.flatMap(({ valueFrom }): readonly SecretUse[] => {
    const { name, key, optional = false } = valueFrom?.secretKeyRef ?? {};
    return name === undefined || key === undefined ? [] : [{ secret: name, key, optional, by: "environment" }];
  });
  const whole = envFrom.flatMap(({ secretRef }): readonly SecretUse[] => {
    const { name, optional = false } = secretRef ?? {};
    return name === undefined ? [] : [{ secret: name, optional, by: "environment" }];
  });
  return [...single, ...whole];
}

function volumeUses({ volumes = [] }: PodSpec, containers: readonly Container[]): readonly SecretUse[] {
  return volumes.flatMap(({ name: volume, secret, projected }) => {
    const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.filter(({ name }) => name === volume));
    const by = mounts.some(({ subPath }) => subPath !== undefined && subPath !== "") ? "sub-path" : "volume";
    const sources = [
      ...(secret === undefined ? [] : [{ ...secret, name: secret.secretName }]),
      ...(projected?.sources ?? []).flatMap((each) => each.secret ?? []),
    ];
    return sources.flatMap(({ name, items = [], optional = false }): readonly SecretUse[] => {
      if (name === undefined) return [];
      const keys = items.flatMap(({ key }) => key ?? []);
      return keys.length === 0
        ? [{ secret: name, optional, by }]
        : keys.map((key) => ({ secret: name, key, optional, by }));
    });
  });
}
