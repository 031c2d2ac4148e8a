// Checks proofs, one a line on standard input, and prints the id and the price of each.
// usage: node check.mjs NETWORK QUORUM ADDRESS.. < proofs.jsonl
import { createInterface } from 'node:readline'
import { TypedDataEncoder, getAddress, id, parseUnits, recoverAddress } from 'ethers'

const types = {
  Price: [
    { name: 'pair', type: 'string' }, { name: 'price', type: 'uint256' }, { name: 'round', type: 'uint64' },
    { name: 'observedAt', type: 'uint64' }, { name: 'proposer', type: 'address' },
  ],
}

// check throws unless quorum signers of the roster, the proposer among them, stand behind the row.
function check(row, network, quorum, roster) {
  if (row.network !== network) throw new Error(`network ${row.network}`)
  const digest = TypedDataEncoder.hash({ name: 'gossip-price', version: '1', salt: id(network) }, types, {
    pair: row.pair, price: parseUnits(row.price, 18), round: Date.parse(row.round_time) / 1000,
    observedAt: Date.parse(row.observed_time), proposer: row.first_signer,
  })
  if (digest !== row.id) throw new Error(`the id is not the digest of the content, ${digest}`)
  const signers = new Set()
  for (const { signer, signature } of row.sign_data) {
    // 65 bytes, v 27 or 28; ethers refuses an s in the upper half
    if (!/^0x[0-9a-f]{128}1[bc]$/.test(signature)) throw new Error(`signature of ${signer} has another form`)
    if (recoverAddress(digest, signature) !== getAddress(signer)) throw new Error(`signature is not of ${signer}`)
    if (roster.has(signer)) signers.add(signer)
  }
  if (!signers.has(row.first_signer)) throw new Error('the proposer is not in the roster, or has not signed')
  if (signers.size < quorum) throw new Error(`${signers.size} signers, want ${quorum}`)
}

const [network, quorum, ...addresses] = process.argv.slice(2)
const roster = new Set(addresses.map((a) => getAddress(a)))
for await (const line of createInterface({ input: process.stdin })) {
  const row = JSON.parse(line)
  try {
    check(row, network, Number(quorum), roster)
    console.log(`ok ${row.id} ${row.pair} ${row.price}`)
  } catch (err) {
    console.log(`FAIL ${row.id} ${err.message}`)
    process.exitCode = 1
  }
}
