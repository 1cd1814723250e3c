import {
  deliveryTemplateFacts,
  deliveryTemplateParts,
  deliveryTemplateSources,
  hashed,
  unrenderable,
} from "../../../../components/delivery/operator-template.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { filterNames } from "../../../../components/values/template-filters.ts";
import { factMeant, mostBytes, placeholderProblem } from "../recipes.ts";
import { checkSource, type Known } from "./delivery-sources.ts";
import { keyProblem } from "./names.ts";
import { cataloguePath } from "./path.ts";

/** What is wrong with the templates of a delivery, by the keys that they are for. Pure. */
export function checkTemplates(
  app: string,
  templates: Readonly<Record<string, string>>,
  path: readonly PropertyKey[],
  known: Known,
): readonly Issue[] {
  return Object.entries(templates).flatMap(([key, text]): readonly Issue[] => {
    const at = cataloguePath([...path, "templates", key]);
    const ofKey = keyProblem(key);
    if (ofKey !== undefined) return [{ path: at, ...ofKey }];
    return textProblems(app, text, known).map((issue) => ({ ...issue, path: at }));
  });
}

function textProblems(app: string, text: string, known: Known): readonly Omit<Issue, "path">[] {
  const sources = deliveryTemplateSources(text);
  const broken = deliveryTemplateParts(text).flatMap((part) => (part.kind === "broken" ? [part.text] : []));
  const bytes = Buffer.byteLength(text);
  return [
    ...(bytes > mostBytes
      ? [{ problem: `has ${bytes} bytes, and a Kubernetes Secret holds at most ${mostBytes}` }]
      : []),
    ...broken.map(brokenProblem),
    ...sources.flatMap((source) => {
      const { secret, from } = placeOf(source);
      return checkSource(app, { secret, keys: { [from]: from } }, "", known);
    }),
    ...unrenderable(text).map((source) => ({
      problem: `writes \${${source}|json} as a part of a text of JSON, for which the operator's templates have no function`,
      fix: `let the text be that value alone: "\${${source}|json}"; or compose it in the secret itself, if this program makes it`,
    })),
    ...hashed(text).map((source) => ({
      problem: `names \${${source}|sha256}, and the operator's templates have no hash function that the admission policies allow`,
      fix: "compose the value in the secret itself, if this program makes it",
    })),
    ...(sources.length === 0 && broken.length === 0
      ? [
          {
            problem: "a template must name at least one key",
            fix:
              deliveryTemplateFacts(text).length === 0
                ? "name one as ${<secret>/<key>}, or make it a literal(…) of a secret"
                : "name one as ${<secret>/<key>}, or make it a template(…) of a secret, which may name facts alone",
          },
        ]
      : []),
  ];
}

/** `<secret>/<key>` or `<app>/<secret>/<key>` as a source of a delivery. */
export function placeOf(source: string): { readonly secret: string; readonly from: string } {
  const end = source.lastIndexOf("/");
  return { secret: source.slice(0, end), from: source.slice(end + 1) };
}

/** What is broken may be a part of a value: it is shown only where it looks like a placeholder. */
function brokenProblem(text: string): Omit<Issue, "path"> {
  const key = /^\$\{(?<key>[-._a-zA-Z0-9]{1,100})(?:\|(?:uri|json|base64))?\}$/.exec(text)?.groups?.["key"];
  if (key === undefined) {
    const { problem, ...rest } = placeholderProblem(text);
    return { ...rest, problem: problem.replaceAll("${KEY", "${<secret>/<key>") };
  }
  const fact = factMeant(key);
  return {
    problem: `"${text}" names a key and no secret; allowed are \${<secret>/<key>} and the filters ${filterNames.join(", ")}`,
    fix:
      fact === undefined ? `name the secret that has it: \${<secret>/${key}}` : `a fact is named as \${fact:${fact}}`,
  };
}
