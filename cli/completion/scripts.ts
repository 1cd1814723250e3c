import type { CompletionNode, CompletionOption, Words } from "./tree.ts";

/** Shells that there is a script for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script that completes `secrets` and `npx secrets`, for a shell to read when it starts. Pure. */
export function completionScript(shell: Shell, nodes: readonly CompletionNode[]): string {
  switch (shell) {
    case "bash":
      return bashScript(nodes);
    case "zsh":
      return zshScript(nodes);
    case "fish":
      return fishScript(nodes);
  }
}

/** Variables and functions that bash and zsh read alike: what follows a path of commands, and what an option takes. */
function tables(nodes: readonly CompletionNode[]): string {
  const after = nodes.map(
    ({ path, commands, options, words }) =>
      `    ${quoted(path)}) printf '%s\\n' ${[
        ...commands.map(({ name }) => name),
        ...options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--"))),
        ...choicesOf(words),
      ]
        .map(quoted)
        .join(" ")}${words === "stacks" ? "; _secrets_stacks" : ""} ;;`,
  );
  const values = nodes.flatMap(({ path, options }) => options.flatMap((option) => valueLines(path, option)));
  const files = nodes.filter(({ words }) => words === "files").map(({ path }) => quoted(path));
  return `
_secrets_stacks() {
  local file
  for file in Pulumi.*.yaml; do
    [[ -e $file ]] || continue
    file=\${file#Pulumi.}
    printf '%s\\n' "\${file%.yaml}"
  done
}
_secrets_after() {
  case "$1" in
${after.join("\n")}
  esac
}
_secrets_value() {
  case "$1" in
${values.join("\n")}
    *) return 1 ;;
  esac
}
_secrets_takes_files() {
  case "$1" in
    ${files.length === 0 ? "''" : files.join("|")}) return 0 ;;
  esac
  return 1
}
_secrets_is_command() {
  case "$1" in
    ${nodes
      .filter(({ path }) => path !== "")
      .map(({ path }) => quoted(path))
      .join("|")}) return 0 ;;
  esac
  return 1
}
`.trimStart();
}

function valueLines(path: string, { flags, value }: CompletionOption): readonly string[] {
  if (value === undefined) return [];
  const pattern = flags.map((flag) => quoted(`${path} ${flag}`)).join("|");
  const words = value === "stacks" ? "_secrets_stacks" : `printf '%s\\n' ${choicesOf(value).map(quoted).join(" ")}`;
  // Nothing printed: a file.
  return [`    ${pattern}) ${value === "files" ? ":" : words} ;;`];
}

function bashScript(nodes: readonly CompletionNode[]): string {
  return `# Completion of \`secrets\` and \`npx secrets\` for bash.
${tables(nodes)}
_secrets() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} first=1 word_path= candidate found i
  if [[ \${COMP_WORDS[0]##*/} == npx ]]; then
    # Of other packages nothing is known: files, as without this script.
    [[ \${COMP_WORDS[1]} == secrets && $COMP_CWORD -ge 2 ]] || return 0
    first=2
  fi
  for ((i = first; i < COMP_CWORD; i++)); do
    candidate="\${word_path:+$word_path }\${COMP_WORDS[i]}"
    if _secrets_is_command "$candidate"; then word_path=$candidate; fi
  done
  if found=$(_secrets_value "$word_path $previous"); then
    [[ -n $found ]] || return 0
  else
    if _secrets_takes_files "$word_path" && [[ $current != -* ]]; then return 0; fi
    found=$(_secrets_after "$word_path")
  fi
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$found" -- "$current"))
}
complete -o bashdefault -o default -F _secrets secrets
complete -o bashdefault -o default -F _secrets npx
`;
}

function zshScript(nodes: readonly CompletionNode[]): string {
  return `#compdef secrets
# Completion of \`secrets\` and \`npx secrets\` for zsh.
${tables(nodes)}
_secrets() {
  emulate -L zsh
  local first=2 word_path= candidate found i
  if [[ \${words[1]:t} == npx ]]; then
    if [[ \${words[2]} != secrets || $CURRENT -lt 3 ]]; then
      _files
      return
    fi
    first=3
  fi
  for ((i = first; i < CURRENT; i++)); do
    candidate="\${word_path:+$word_path }\${words[i]}"
    if _secrets_is_command "$candidate"; then word_path=$candidate; fi
  done
  if found=$(_secrets_value "$word_path \${words[CURRENT-1]}"); then
    if [[ -z $found ]]; then
      _files
      return
    fi
  else
    if _secrets_takes_files "$word_path" && [[ \${words[CURRENT]} != -* ]]; then
      _files
      return
    fi
    found=$(_secrets_after "$word_path")
  fi
  compadd -- \${(f)found}
}
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
compdef _secrets secrets npx
`;
}

function fishScript(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap(({ path, commands, options, words }) => {
    const at = `-n ${quoted(`__secrets_at ${quotedInside(path)}`)}`;
    return [
      ...commands.map(({ name, description }) => `-f ${at} -a ${quoted(name)} -d ${quoted(description)}`),
      ...options.map((option) => `${at} ${fishOption(option)}`),
      ...fishWords(words).map((each) => `-f ${at} ${each}`),
    ];
  });
  const paths = nodes.flatMap(({ path }) => (path === "" ? [] : [quoted(path)]));
  return `# Completion of \`secrets\` and \`npx secrets\` for fish.
function __secrets_stacks
    for file in Pulumi.*.yaml
        string replace -r '^Pulumi\\.(.*)\\.yaml$' '$1' -- $file
    end
end
function __secrets_at
    set -l words (commandline -opc)
    if string match -qr '(^|/)npx$' -- $words[1]
        test "$words[2]" = secrets; or return 1
        set -e words[1]
    end
    set -e words[1]
    set -l path ''
    for word in $words
        set -l candidate (string trim -- "$path $word")
        contains -- $candidate ${paths.join(" ")}; and set path $candidate
    end
    test "$path" = "$argv[1]"
end
${["secrets", "npx"].flatMap((program) => lines.map((line) => `complete -c ${program} ${line}`)).join("\n")}
`;
}

function fishOption({ flags, description, value }: CompletionOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const taken = value === undefined ? [] : value === "files" ? ["-r"] : ["-x", ...fishWords(value)];
  return [...names, ...taken, `-d ${quoted(description)}`].join(" ");
}

function fishWords(words: Words): readonly string[] {
  if (words === "stacks") return ["-a '(__secrets_stacks)'"];
  const choices = choicesOf(words);
  return choices.length === 0 ? [] : [`-a ${quoted(choices.join(" "))}`];
}

function choicesOf(words: Words): readonly string[] {
  return typeof words === "string" ? [] : words.choices;
}

/** A word as all three shells read it: what is between single quotes stays as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word within a word that is quoted. Paths hold letters, dashes and spaces. */
function quotedInside(text: string): string {
  return `"${text}"`;
}
