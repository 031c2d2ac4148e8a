package dashboard

import (
	"regexp"
	"strconv"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// name is how a page calls a node: by its number in the order of the addresses, which the table of nodes explains.
type name struct {
	Number  int // from 1; 0: it is no member that the node knows of
	Address string
	Self    bool
}

// Short returns the number, or else the ends of the address.
func (n name) Short() string {
	if n.Number > 0 {
		return strconv.Itoa(n.Number)
	}
	return n.Brief()
}

// Brief returns the ends of the address.
func (n name) Brief() string { return n.Address[:6] + ".." + n.Address[len(n.Address)-4:] }

// Long returns the number with a word.
func (n name) Long() string {
	if n.Number > 0 {
		return "node " + n.Short()
	}
	return n.Short()
}

// names knows all members.
type names struct {
	numbers map[signing.Address]int
	self    signing.Address
	address *regexp.Regexp
}

func newNames(n api.Network) names {
	known := names{
		numbers: make(map[signing.Address]int, len(n.Members)), self: n.Self,
		address: regexp.MustCompile(`0x[0-9a-fA-F]{40}\b`),
	}
	for i := range n.Members {
		known.numbers[n.Members[i].Address] = i + 1
	}
	return known
}

func (n names) of(a signing.Address) name {
	return name{n.numbers[a], a.String(), a == n.self}
}

// in puts names in the place of addresses in a text, and clips it.
func (n names) in(text string) string {
	return n.address.ReplaceAllStringFunc(clip(text, sentence), func(found string) string {
		a, err := signing.ParseAddress(found)
		if err != nil {
			return found
		}
		return n.of(a).Long()
	})
}
