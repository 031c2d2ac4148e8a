# The one source of the Postgres schema (docs/protocol.md, section 2). `gossip-price migrate` applies it: additive only.

schema "public" {}

# One row a certificate: a price with its signatures, which anyone can check without the network.
table "prices" {
  schema = schema.public

  # The EIP-712 digest, 0x and 64 lower-case hex digits.
  column "id" {
    type = text
    null = false
  }
  column "network" {
    type = text
    null = false
  }
  column "pair" {
    type = text
    null = false
  }
  column "price" {
    type = numeric(38, 18)
    null = false
  }
  # The proposer's address, EIP-55.
  column "first_signer" {
    type = text
    null = false
  }
  # [{"signer": "0x..", "signature": "0x.."}, ..], the proposer first, then by address.
  column "sign_data" {
    type = jsonb
    null = false
  }
  column "round_time" {
    type = timestamptz
    null = false
  }
  column "observed_time" {
    type = timestamptz(3)
    null = false
  }
  column "lastsigned_time" {
    type = timestamptz(3)
    null = false
  }
  column "created_time" {
    type    = timestamptz(3)
    null    = false
    default = sql("now()")
  }

  primary_key {
    columns = [column.id]
  }
  # The newest prices of a pair.
  index "prices_network_pair_round_time" {
    columns = [column.network, column.pair, column.round_time]
  }
  # The rows as they land: what follows the table reads on from its last created_time and id.
  index "prices_created_time_id" {
    columns = [column.created_time, column.id]
  }
  # NaN is above all numbers to Postgres.
  check "prices_price_positive" {
    expr = "price > 0 AND price <> 'NaN'"
  }
  check "prices_sign_data_array" {
    expr = "jsonb_typeof(sign_data) = 'array'"
  }
}

# One row: the random id by which nodes know that they share this store.
table "price_store" {
  schema = schema.public

  column "single" {
    type    = boolean
    null    = false
    default = true
  }
  column "id" {
    type = text
    null = false
  }

  primary_key {
    columns = [column.single]
  }
  check "price_store_one_row" {
    expr = "single"
  }
}
