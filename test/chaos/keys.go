package main

import (
	"fmt"
	"strings"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// databasePassword is what docker-compose.yaml gives where nothing else is set.
const databasePassword = "development"

// nodeKeys are the public development keys 1 to 5 of Anvil; docker-compose.yaml has the first four.
func nodeKeys() []string {
	return []string{
		"0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
		"0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
		"0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
		"0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
		"0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
	}
}

// roster returns the addresses of the nodes, in their order.
func roster() ([]signing.Address, error) {
	var addresses []signing.Address
	for _, k := range nodeKeys() {
		key, err := signing.ParseKey(k)
		if err != nil {
			return nil, fmt.Errorf("read development key: %w", err)
		}
		addresses = append(addresses, key.Address())
	}
	return addresses, nil
}

func joined(addresses []signing.Address) string {
	texts := make([]string, len(addresses))
	for i, a := range addresses {
		texts[i] = a.String()
	}
	return strings.Join(texts, ",")
}

// nodeDatabaseURL is the database's for nodes, by way of HOST:PORT.
func nodeDatabaseURL(address string) string {
	return fmt.Sprintf("postgres://gossip_price_node:%s@%s/gossip_price?sslmode=disable", databasePassword, address)
}
