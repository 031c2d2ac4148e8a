// Package signing is the cryptography of the protocol: keys and addresses, EIP-712 digests, signatures and their
// recovery. All of it is frozen with the stored proofs: any tool that knows EIP-712 and secp256k1 recovery can check
// what this package made.
package signing
