package vitals

import (
	"slices"

	"github.com/gossip-price/gossip-price/node/api"
)

const (
	warn = api.CheckWarning
	fail = api.CheckFailing
)

// NodeRules returns the checks of a gossip node, in the order in which they are shown: what keeps prices from their quorum
// and from the store before what only should be looked at. There are no others.
func NodeRules() []Rule {
	return slices.Concat(networkRules(), partRules(), machineRules(), settingsRules(), findingRules())
}

// SettingsRules returns those of them that the settings alone answer.
func SettingsRules() []Rule { return settingsRules() }

// BootstrapSettingsRules returns those of a bootstrap node's checks that the settings alone answer.
func BootstrapSettingsRules() []Rule { return []Rule{developmentKey(), openNetwork()} }

// BootstrapRules returns the checks of a bootstrap node, which has no price, no signature and no database.
func BootstrapRules() []Rule {
	return append([]Rule{
		{
			Name: "peers", judge: judgeGuests, worst: warn,
			Meaning: "No node has found this bootstrap node, or none runs.",
			Remedy:  "See whether GP_BOOTSTRAPADDR of the nodes names its address and peer ID, and GP_NETWORKKEY and GP_SIGNERS are theirs.",
		},
		keyFileRule(),
	}, BootstrapSettingsRules()...)
}

func judgeGuests(g *Glance) Verdict {
	if g.Peers == 0 {
		return Warning("no peer is connected")
	}
	return Well("%d peers are connected", g.Peers)
}
