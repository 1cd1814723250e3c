import { certificateText, type SealingCluster } from "../components/sealed-secrets/source.ts";

/**
 * The certificate of a cluster, without asking the cluster: one that the facts or a file hold, or a stand-in, of which nobody
 * has the private key.
 */
export function previewCertificate(cluster: SealingCluster, root: string): ReturnType<typeof certificateText> {
  const { certificate } = cluster.sealedSecrets;
  return certificate.from === "controller" ? Promise.resolve(standIn) : certificateText(cluster, root);
}

const standIn = `-----BEGIN CERTIFICATE-----
MIIDBzCCAe+gAwIBAgIUAfJp/T4o7+6gqj3zRKBHbM9JzzUwDQYJKoZIhvcNAQEL
BQAwEjEQMA4GA1UEAwwHcHJldmlldzAgFw0yNjExMjkwMzU4MjVaGA8yMDk4MDIw
NDAzNTgyNVowEjEQMA4GA1UEAwwHcHJldmlldzCCASIwDQYJKoZIhvcNAQEBBQAD
ggEPADCCAQoCggEBAOLCf2wPT2oyOPOGt6raKkrJkgfvJLHKIsgXld150JMruR9j
VvVvmOi/MMccLfBKOEav73QdpXhbu4JaI66NrshlnYYrsOif6HNxmKtLtPA4ulLW
/j7QAZZe0fR5z0PK616cO396/rlQy3nJsJ2vs2neROfifqE5b1T7/IX5lTVbw89h
82//lUReByFfo3Melk0VJwXvYJmWDMVLM9lecsR0oQYF7YiwYyBNZyB53xoHDSJR
QgLp3FWuqsqmGKUAFoLxMPSPrLNMR4S0kw8POL/AktNFUsn3aDh8BoAHzpmeGqjd
MSObo18/1od4jK71iRZGIROJu3DAtDndoPSLDm8CAwEAAaNTMFEwHQYDVR0OBBYE
FG7TV8IkABeos3Cd7RPuQRhQ78yuMB8GA1UdIwQYMBaAFG7TV8IkABeos3Cd7RPu
QRhQ78yuMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAKV6paRF
WZ5aIEQIbeFiXzlJhOEaaP+QcY5wUzqIGE+AWS293f4clFDlKh4lxSOsqoYv0cPx
XBpye9g3T3e4i7T79w5yj8ngutZAwPb2LHRrRXUXxC/zUupV3iK4mv1GG5zzqfYB
P/dJ5c/1OcxikcfImZDuZWnOngfH2xGtW2PyRIiBpEDtWX9L4AGEOTV+NyEo3c4X
Jdxw0Pl1YTCpcUtrmWsvRFyiqoBAwxDOLtXzrEF5uJFPc/8n4yjDgc1fmANeuCh/
ohAdW5+tIITpUuTbi9xmQubw+DodY91ZhQ3z5sLya9QnDiqJ8Rq/JI/Recx8tB1X
q4p3oxvackfAzwg=
-----END CERTIFICATE-----
`;
