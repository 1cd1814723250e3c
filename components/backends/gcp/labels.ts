import type { Issue } from "../../support/messages/errors.ts";

/**
 * Labels of Google Cloud: keys of 1 to 63 and values of up to 63 lowercase letters (of any script), digits, `-` or
 * `_`, at most 128 bytes each; a key begins with a letter
 * (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets#Secret).
 */
const key = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const value = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const most = 64;
const mostCharacters = 63;
const mostBytes = 128;

/** What Google would refuse about labels that people wrote. */
export function labelIssues(
  path: string,
  labels: Readonly<Record<string, string>>,
  reserved: number,
): readonly Issue[] {
  const count = Object.keys(labels).length;
  return [
    ...(count + reserved > most
      ? [
          {
            path,
            problem: `has ${count} labels; at most ${most - reserved} are allowed, since this program sets ${reserved}`,
          },
        ]
      : []),
    ...Object.entries(labels).flatMap(([name, text]) => [
      ...(key.test(name) ? [] : [{ path: `${path}["${name}"]`, problem: `the name ${rule}, beginning with a letter` }]),
      ...(value.test(text) ? [] : [{ path: `${path}["${name}"]`, problem: `the value ${rule}` }]),
      ...Object.entries({ name, value: text }).flatMap(([what, each]) => {
        const bytes = Buffer.byteLength(each);
        // Longer ones are too long in characters, which is said above.
        return bytes <= mostBytes || [...each].length > mostCharacters
          ? []
          : [
              {
                path: `${path}["${name}"]`,
                problem: `the ${what} has ${bytes} bytes; Google allows at most ${mostBytes}`,
              },
            ];
      }),
    ]),
  ];
}

const rule = 'must be up to 63 lowercase letters, digits, "-" or "_"';

/** A text made fit for a label: `Acme.Prod` → `acme_prod`. Different texts may become one: labels are for people to read. */
export function legalLabel(text: string): string {
  return cut(text.toLowerCase().replaceAll(/[^\p{Ll}\p{Lo}\p{N}_-]/gu, "_"));
}

/** The first characters, as many as fit. */
function cut(text: string): string {
  const characters = [...text].slice(0, mostCharacters);
  while (Buffer.byteLength(characters.join("")) > mostBytes) characters.pop();
  return characters.join("");
}

/** Labels made fit; a key that does not start with a letter gets one. */
export function legalLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, text]) => {
      const fit = legalLabel(name);
      return [key.test(fit) ? fit : legalLabel(`x-${fit}`), legalLabel(text)] as const;
    }),
  );
}
