import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What an SDK's own files say of its provider. They are generated from the plugin's schema, at the same version. */

/** The type of a property. */
export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "string" | "number" | "boolean" }
  | { readonly kind: "list" | "map"; readonly of: Shape }
  | { readonly kind: "object"; readonly members: () => Properties }
  | { readonly kind: "union"; readonly of: readonly Shape[] };

/** One property of inputs, outputs or a result. */
export interface Property {
  readonly shape: Shape;
  readonly optional: boolean;
}

/** Properties by name. */
export type Properties = ReadonlyMap<string, Property>;

/** A resource type. */
export interface ResourceSchema {
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Inputs without which the SDK's constructor throws. */
  readonly required: readonly string[];
  /** Inputs that the SDK marks as secret. */
  readonly secretInputs: readonly string[];
  /** Outputs that the engine encrypts whatever the plugin says of them. */
  readonly secretOutputs: readonly string[];
}

/** A function. */
export interface FunctionSchema {
  readonly args: Properties;
  readonly result: Properties;
}

const modules = path.join(import.meta.dirname, "..", "..", "..", "..", "node_modules", "@pulumi");

const resources = new Map<string, ResourceSchema>();

/** The resource of a token such as `aws:ssm/parameter:Parameter`. */
export function resourceSchema(token: string): ResourceSchema {
  const known = resources.get(token) ?? readResource(token);
  resources.set(token, known);
  return known;
}

function readResource(token: string): ResourceSchema {
  const { file, pack, name } = locate(token);
  const types = parse(`${file}.d.ts`);
  const code = parse(`${file}.js`);
  const named = strings(code, (node) => assigned(node, "__pulumiType") ?? declared(node, "__pulumiType"));
  if (!named.includes(token)) throw new Error(`${file}.js is not ${token}, but ${named.join()}`);
  const args = interfaceOf(types, `${name}Args`);
  return {
    inputs: args === undefined ? new Map() : propertiesOf(args.members, pack),
    outputs: propertiesOf(classOf(types, name).members, pack),
    required: strings(code, missingProperty),
    secretInputs: strings(code, secretInput),
    secretOutputs: strings(code, secretOutputNames),
  };
}

/** The function of a token such as `aws:ssm/getParameter:getParameter`. */
export function functionSchema(token: string): FunctionSchema {
  const { file, pack, name } = locate(token);
  const types = parse(`${file}.d.ts`);
  const base = name.charAt(0).toUpperCase() + name.slice(1);
  const members = (each: string): Properties => {
    const found = interfaceOf(types, each);
    return found === undefined ? new Map() : propertiesOf(found.members, pack);
  };
  return { args: members(`${base}Args`), result: members(`${base}Result`) };
}

/** Names of a provider's settings: arguments of the provider, and keys of a stack's configuration. */
export function providerSettings(pack: string): readonly string[] {
  const found = interfaceOf(parse(path.join(modules, pack, "provider.d.ts")), "ProviderArgs");
  if (found === undefined) throw new Error(`@pulumi/${pack} has no ProviderArgs`);
  const keys = path.join(modules, pack, "config", "vars.d.ts");
  const variables = existsSync(keys) ? nodesOf(parse(keys)).filter(ts.isVariableDeclaration) : [];
  return [...propertiesOf(found.members, pack).keys(), ...variables.map(({ name }) => name.getText())];
}

/** The file of a token, without its extension. Tokens write `appRole` and `iAMMember`; the files are `approle` and `iammember`. */
function locate(token: string): { readonly file: string; readonly pack: string; readonly name: string } {
  const [pack = "", module = "", name = ""] = token.split(":");
  const parts = module.split("/");
  // Bridged providers repeat the name: `ssm/parameter:Parameter`.
  if (parts.at(-1)?.toLowerCase() === name.toLowerCase()) parts.pop();
  const wanted = [...parts.filter((part) => part !== "index"), `${name}.d.ts`];
  const file = wanted.reduce<string | undefined>(
    (folder, each) => (folder === undefined ? undefined : entryOf(folder, each)),
    path.join(modules, pack),
  );
  if (file === undefined) throw new Error(`@pulumi/${pack} has no ${token}`);
  return { file: file.slice(0, -".d.ts".length), pack, name };
}

function entryOf(folder: string, name: string): string | undefined {
  const found = readdirSync(folder).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : path.join(folder, found);
}

const parsed = new Map<string, ts.SourceFile>();

function parse(file: string, text = (): string => readFileSync(file, "utf8")): ts.SourceFile {
  const known = parsed.get(file) ?? ts.createSourceFile(file, text(), ts.ScriptTarget.ESNext, true);
  parsed.set(file, known);
  return known;
}

/** The types of one namespace. The file of all namespaces has up to 9 MB; parsing the whole of it takes seconds. */
function namespaceOf(pack: string, side: string, name: string): ts.SourceFile {
  const file = path.join(modules, pack, "types", `${side.slice(0, -1)}.d.ts`);
  return parse(`${file}#${name}`, () => {
    const text = readFileSync(file, "utf8");
    const start = text.indexOf(`export declare namespace ${name} {\n`);
    return text.slice(start, text.indexOf("\n}", start) + 2);
  });
}

function propertiesOf(members: ts.NodeArray<ts.Node>, pack: string): Properties {
  const found = [...members].flatMap((member): (readonly [string, Property])[] => {
    const isField = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
    if (!isField || member.type === undefined || !ts.isIdentifier(member.name)) return [];
    const optional = member.questionToken !== undefined || member.type.getText().includes("undefined");
    return [[member.name.text, { shape: shapeOf(member.type, pack), optional }]];
  });
  return new Map(found);
}

function shapeOf(type: ts.TypeNode, pack: string): Shape {
  if (ts.isParenthesizedTypeNode(type)) return shapeOf(type.type, pack);
  if (ts.isArrayTypeNode(type)) return { kind: "list", of: shapeOf(type.elementType, pack) };
  if (ts.isLiteralTypeNode(type)) return { kind: "string" };
  if (ts.isUnionTypeNode(type)) {
    const of = type.types
      .filter((each) => each.kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((each) => shapeOf(each, pack));
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "union", of };
  }
  if (ts.isTypeLiteralNode(type)) {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    return index === undefined
      ? { kind: "object", members: () => propertiesOf(type.members, pack) }
      : { kind: "map", of: shapeOf(index.type, pack) };
  }
  if (ts.isTypeReferenceNode(type)) return referenceOf(type, pack);
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { kind: "string" };
    case ts.SyntaxKind.NumberKeyword:
      return { kind: "number" };
    case ts.SyntaxKind.BooleanKeyword:
      return { kind: "boolean" };
    default:
      return { kind: "any" };
  }
}

function referenceOf(type: ts.TypeReferenceNode, pack: string): Shape {
  const name = type.typeName.getText();
  const [inner] = type.typeArguments ?? [];
  if (/^(pulumi\.(Input|Output)|Promise)$/.test(name) && inner !== undefined) return shapeOf(inner, pack);
  const [side = "", ...rest] = name.split(".");
  // Enumerations are texts here; so are `ARN` and references to another resource, which the SDK replaces by its ID.
  if (side !== "inputs" && side !== "outputs") return { kind: "string" };
  const wanted = rest.pop() ?? "";
  const [outer = ""] = rest;
  return {
    kind: "object",
    members: () => {
      const found = interfaceOf(namespaceOf(pack, side, outer), wanted);
      if (found === undefined) throw new Error(`@pulumi/${pack} has no ${name}`);
      return propertiesOf(found.members, pack);
    },
  };
}

function interfaceOf(file: ts.SourceFile, name: string): ts.InterfaceDeclaration | undefined {
  return nodesOf(file).find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name) as
    ts.InterfaceDeclaration | undefined;
}

function classOf(file: ts.SourceFile, name: string): ts.ClassDeclaration {
  const found = nodesOf(file).find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
  if (found === undefined) throw new Error(`${file.fileName} has no class ${name}`);
  return found as ts.ClassDeclaration;
}

function nodesOf(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (each: ts.Node): void => {
    found.push(each);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

function strings(file: ts.SourceFile, pick: (node: ts.Node) => string | readonly string[] | undefined): string[] {
  return [...new Set(nodesOf(file).flatMap((node) => pick(node) ?? []))].sort();
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;
}

/** `Secret.__pulumiType = "…"` */
function assigned(node: ts.Node, name: string): string | undefined {
  if (!ts.isBinaryExpression(node) || !ts.isPropertyAccessExpression(node.left)) return undefined;
  return node.left.name.text === name ? textOf(node.right) : undefined;
}

/** `static __pulumiType = "…"` */
function declared(node: ts.Node, name: string): string | undefined {
  return ts.isPropertyDeclaration(node) && node.name.getText() === name ? textOf(node.initializer) : undefined;
}

/** `new Error("Missing required property 'name'")` */
function missingProperty(node: ts.Node): string | undefined {
  return /^Missing required property '(\w+)'$/.exec(textOf(node) ?? "")?.[1];
}

/** `pulumi.secret(args.name)` */
function secretInput(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== "pulumi.secret") return undefined;
  const [argument] = node.arguments;
  return argument !== undefined && ts.isPropertyAccessExpression(argument) ? argument.name.text : undefined;
}

/** `{ additionalSecretOutputs: ["name"] }` */
function secretOutputNames(node: ts.Node): readonly string[] | undefined {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== "additionalSecretOutputs") return undefined;
  return ts.isArrayLiteralExpression(node.initializer)
    ? node.initializer.elements.flatMap((each) => textOf(each) ?? [])
    : undefined;
}
