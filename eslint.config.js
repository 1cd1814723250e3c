import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Each of these has put a secret into state, logs or names in clear. */
const leaks = [
  {
    selector: "MemberExpression[property.name='unsecret'], ImportSpecifier[imported.name='unsecret']",
    message: "unsecret puts the value into the state in clear. Derive something that is no secret instead.",
  },
  {
    selector: "MemberExpression[property.name='promise'][parent.type='CallExpression'][parent.arguments.length=0]",
    message: "An Output turned into a Promise loses its secret mark silently. Stay with apply.",
  },
];

/** `import "@pulumi/vault"` loads every resource of the provider: half a second and 30 MB at each preview. */
const providerRoots = ["random", "vault", "kubernetes", "aws", "azure-native", "gcp"].map((name) => ({
  name: `@pulumi/${name}`,
  message: `Import the module of the resource, such as @pulumi/${name}/….js: a provider's root is slow to load.`,
}));

export default tseslint.config(
  { ignores: ["node_modules/", ".sandbox/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // Whoever has the official plugins may delete that folder. The sandbox looks for it at run time: sandbox/pulumi/stand-ins.ts.
    ignores: ["sandbox/stand-in-plugins/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["**/stand-in-plugins/**"], message: "That package can be deleted: import nothing of it." },
          ],
        },
      ],
    },
  },
  {
    files: ["index.ts", "stacks/**", "components/**"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", ...leaks],
      "no-restricted-imports": [
        "error",
        {
          paths: providerRoots,
          patterns: [
            {
              group: ["@pulumi/random/*"],
              message: "Ids of its resources are values in clear. Why it is not used: docs/architecture.md#decisions.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["components/**"],
    rules: {
      // Environment and clock are read in stacks/config/read.ts alone.
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Components are told what they need; the environment is read at the edge.",
        },
        {
          object: "Date",
          property: "now",
          message: "Components have no clock: what they make must not depend on when.",
        },
      ],
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
