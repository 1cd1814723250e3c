import type { Project } from "../projects.ts";
import type { StoredSecret, StoredVersion } from "../state.ts";

/** `projects/NUMBER/secrets/ID`: answers always name projects by number. */
export function fullName(project: Project, id: string): string {
  return `projects/${project.number}/secrets/${id}`;
}

/** `Secret` as the API shows it. */
export function secretJson(project: Project, secret: StoredSecret): Record<string, unknown> {
  return {
    name: fullName(project, secret.id),
    replication: secret.replication,
    createTime: secret.createTime,
    ...filled("labels", secret.labels),
    ...filled("annotations", secret.annotations),
    ...filled("versionAliases", secret.versionAliases),
    ...(secret.topics.length === 0 ? {} : { topics: secret.topics }),
    ...(secret.rotation === undefined ? {} : { rotation: secret.rotation }),
    ...(secret.versionDestroyTtl === undefined ? {} : { versionDestroyTtl: secret.versionDestroyTtl }),
  };
}

/** `SecretVersion` as the API shows it: never its payload. */
export function versionJson(project: Project, secret: StoredSecret, version: StoredVersion): Record<string, unknown> {
  const { createTime, state, destroyTime, scheduledDestroyTime, checksumGiven } = version;
  const { automatic, userManaged } = secret.replication;
  return {
    name: `${fullName(project, secret.id)}/versions/${version.number}`,
    createTime,
    state,
    replicationStatus:
      automatic === undefined
        ? { userManaged: { replicas: (userManaged?.replicas ?? []).map(({ location }) => ({ location })) } }
        : { automatic: {} },
    ...(destroyTime === undefined ? {} : { destroyTime }),
    ...(scheduledDestroyTime === undefined ? {} : { scheduledDestroyTime }),
    ...(checksumGiven ? { clientSpecifiedPayloadChecksum: true } : {}),
  };
}

function filled(name: string, map: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.keys(map).length === 0 ? {} : { [name]: map };
}
