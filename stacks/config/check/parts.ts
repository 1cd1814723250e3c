import { backendOf } from "../../../components/backends/index.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { listed, thereAre } from "../../../components/support/messages/suggestions.ts";
import { openedStores, type Environment, type Parts } from "../environment.ts";
import { basePart } from "../schema/parts.ts";

/** What is wrong with the spread of applications over several stacks. Pure. */
export function checkParts(environment: Environment): readonly Issue[] {
  const { name, parts } = environment;
  if (parts.assigned.size === 0) return [];
  const fix = `npx secrets fleet plan ${name} --write`;
  return [
    ...(parts.assigned.has(basePart)
      ? []
      : [{ path: "parts", problem: `has no part ${basePart}, whose stack has what all of them share`, fix }]),
    ...unknownApplications(parts, fix),
    ...wrongPlaces(parts, name, fix),
    ...notShared(environment),
  ];
}

function unknownApplications({ groups, assigned }: Parts, fix: string): readonly Issue[] {
  const known = groups.flat();
  return [...assigned].flatMap(([part, applications]) =>
    applications
      .filter((app) => !known.includes(app))
      .map((app) => ({
        path: configPath(["parts", part]),
        problem: `names ${clippedName(app)}, which this environment does not run; ${thereAre(app, known)}`,
        fix,
      })),
  );
}

/** Each application is in one part, and a group is in one together. */
function wrongPlaces({ groups, assigned }: Parts, environment: string, fix: string): readonly Issue[] {
  const partsOf = (app: string) =>
    [...assigned].flatMap(([part, all]) => all.filter((each) => each === app).map(() => part));
  const missing = groups.flat().filter((app) => partsOf(app).length === 0);
  return [
    ...(missing.length === 0 ? [] : [{ path: "parts", problem: `no part has ${listed(missing)}`, fix }]),
    ...groups.flat().flatMap((app): readonly Issue[] => {
      const [first, ...others] = partsOf(app);
      if (first === undefined || others.length === 0) return [];
      return [
        { path: "parts", problem: `application ${app} is named more than once: in ${listed([first, ...others])}` },
      ];
    }),
    ...groups.flatMap((group): readonly Issue[] => {
      const places = new Set(group.flatMap((app) => partsOf(app).slice(0, 1)));
      if (places.size < 2) return [];
      return [
        {
          path: "parts",
          problem: `applications ${listed(group)} are in parts ${listed(places)}, and belong together: they share a namespace, or one delivers a secret of another`,
          fix: `put them back, then: npx secrets fleet move ${environment} ${group[0] ?? ""} <part>, which moves all of them`,
        },
      ];
    }),
  ];
}

/** What can't be divided among stacks. */
function notShared(environment: Environment): readonly Issue[] {
  const one = "is made by one stack together with all who read through it, and this environment is several (parts)";
  const clusters = [...environment.clusters.values()].flatMap(({ spec }): readonly Issue[] => [
    ...(spec.externalSecrets.clusterSecretStore === undefined
      ? []
      : [
          {
            path: configPath(["clusters", spec.name, "externalSecrets", "clusterSecretStore"]),
            problem: one,
            fix: "leave it out: each namespace then has a SecretStore of its own",
          },
        ]),
    ...(spec.traits.podIdentity === undefined
      ? []
      : [
          {
            path: configPath(["clusters", spec.name, "identity"]),
            problem: `pod-identity has a role of the operator's that ${one}`,
            fix: "use irsa",
          },
        ]),
  ]);
  const stores = openedStores(environment).flatMap((store) =>
    (backendOf(store).madeWithReaders?.(store) ?? []).map((fact) => ({
      path: `${configPath(["stores", store.name])}.${fact}`,
      problem: one,
      fix: "make it elsewhere, and name it as existing",
    })),
  );
  return [...clusters, ...stores];
}
